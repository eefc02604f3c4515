// Sheets as Excel, LibreOffice and openpyxl write them become the CSV one would have saved.
#include "connectors/xlsx/workbook.h"

#include <gtest/gtest.h>

#include <map>

#include "connectors/xlsx/cells.h"

namespace baton::xlsx {
namespace {

struct Parts : Package {
    std::map<std::string, std::string> parts;
    std::size_t piece = 1 << 20;
    Result<bool> read(const std::string& name, const Take& take) override {
        const auto at = parts.find(name);
        if (at == parts.end()) return false;
        std::string_view rest = at->second;
        while (!rest.empty()) {
            const auto more = take(rest.substr(0, piece));
            if (!more) return std::unexpected(more.error());
            if (!*more) break;
            rest.remove_prefix(std::min(piece, rest.size()));
        }
        return true;
    }
};

const std::string relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

Parts workbook(const std::string& rows, const std::string& properties = "") {
    Parts all;
    all.parts["_rels/.rels"] = "<Relationships><Relationship Id='a' Type='" + relation +
                               "officeDocument' Target='xl/workbook.xml'/></Relationships>";
    all.parts["xl/workbook.xml"] = "<?xml version='1.0'?><workbook xmlns:r='r'>" + properties +
                                   "<sheets><sheet name='Old' r:id='h' state='hidden'/><sheet name='Leads' r:id='s'/>"
                                   "<sheet name='More' r:id='m'/></sheets></workbook>";
    all.parts["xl/_rels/workbook.xml.rels"] =
        "<Relationships><Relationship Id='s' Type='" + relation + "worksheet' Target='worksheets/sheet1.xml'/>" +
        "<Relationship Id='h' Type='" + relation + "worksheet' Target='/xl/worksheets/sheet0.xml'/>" +
        "<Relationship Id='m' Type='" + relation + "worksheet' Target='/xl/worksheets/sheet2.xml'/>" +
        "<Relationship Id='t' Type='" + relation + "sharedStrings' Target='sharedStrings.xml'/>" +
        "<Relationship Id='y' Type='" + relation + "styles' Target='styles.xml'/></Relationships>";
    all.parts["xl/sharedStrings.xml"] =
        "<sst><si><t>Name</t></si><si><r><t>An</t></r><r><t xml:space='preserve'>na </t></r><rPh><t>x</t></rPh></si>"
        "<si><t>a_x000D_b_x005F_</t></si></sst>";
    all.parts["xl/styles.xml"] =
        "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='[$-409]dd\\.mm\\.yyyy;@'/>"
        "<numFmt numFmtId='165' formatCode='0.00\" days\"'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
        "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='22'/><xf numFmtId='165'/>"
        "<xf numFmtId='20'/><xf numFmtId='46'/></cellXfs></styleSheet>";
    all.parts["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData>" + rows + "</sheetData><pageMargins/></worksheet>";
    all.parts["xl/worksheets/sheet2.xml"] =
        "<x:worksheet><x:sheetData><x:row><x:c t='inlineStr'><x:is><x:t>more</x:t></x:is>"
        "</x:c></x:row></x:sheetData></x:worksheet>";
    return all;
}

void check(const std::string& rows, const std::string& csv, const std::string& properties = "") {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
        Parts parts = workbook(rows, properties);
        parts.piece = piece;
        const auto sheet = read_sheet(parts, "", "f.xlsx");
        EXPECT_EQ(sheet ? sheet->csv : sheet.error().code + ": " + sheet.error().detail, csv) << rows;
    }
}

TEST(Workbook, cells_of_every_kind) {
    check(
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='str'><f>1</f><v>x</v></c></row>"
        "<row r='2'><c r='A2' t='s'><v>1</v></c><c r='B2' t='b'><v>1</v></c></row>"
        "<row r='3'><c r='A3' t='inlineStr'><is><t>in, side</t></is></c><c r='B3' t='b'><v>0</v></c></row>"
        "<row r='4'><c r='A4' t='s'><v>2</v></c><c r='B4'><f>2*3</f><v>6</v></c></row>",
        "Name,x\r\nAnna ,TRUE\r\n\"in, side\",FALSE\r\n\"a\rb_\",6\r\n");
}

TEST(Workbook, rows_and_cells_that_are_left_out) {
    check("<row r='2'><c r='B2'><v>1</v></c></row><row r='3'/><row r='5'><c r='A5'><v>2</v></c><c r='D5' s='1'/></row>",
          "\r\n,1\r\n\r\n\r\n2,\r\n");
    check("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c/><c><v>2</v></c></row>", "1,,3\r\n,2,\r\n");
    check("", "");
    Parts none = workbook("");
    none.parts["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData/><x>row></x></worksheet>";
    EXPECT_EQ(read_sheet(none, "", "f.xlsx")->csv, "");
}

TEST(Workbook, numbers_and_dates_by_their_format) {
    const auto row = [](const std::string& cells) { return "<row r='1'>" + cells + "</row>"; };
    check(
        row("<c><v>4.14155550101E+11</v></c><c><v>0.30000000000000004</v></c><c><v>-12.5</v></c><c s='4'><v>2</v></c>"),
        "414155550101,0.3,-12.5,2\r\n");
    check(
        row("<c s='1'><v>45322</v></c><c s='2'><v>45322</v></c><c s='3'><v>45322.427083333336</v></c><c "
            "s='1'><v>60</v></c>"
            "<c s='1'><v>1</v></c><c s='5'><v>0.5</v></c><c s='6'><v>1.5</v></c><c s='1' t='d'><v>2026-01-31</v></c>"),
        "2024-01-31,2024-01-31,2024-01-31 10:15:00,1900-02-28,1900-01-01,12:00:00,36:00:00,2026-01-31\r\n");
    check(row("<c s='1'><v>43860</v></c><c s='1'><v>0</v></c>"), "2024-01-31,1904-01-01\r\n",
          "<workbookPr date1904='1'/>");
    EXPECT_EQ(plain_date("-1", Shown::date, false), "-1");
    EXPECT_EQ(plain_date("1e300", Shown::date, false).substr(0, 4), "1000");
    for (const char* code : {"General", "0.00", "#,##0 \"days\"", "[Red]0", "0.00E+00", "\\d0", "@"})
        EXPECT_EQ(shown_by(170, code), Shown::number) << code;
    for (const char* code : {"yyyy-mm-dd", "d.m.yy h:mm", "mmm-yy", "[$-F800]dddd, mmmm dd"})
        EXPECT_EQ(shown_by(170, code), Shown::date) << code;
    EXPECT_EQ(shown_by(170, "h:mm:ss AM/PM"), Shown::time);
    EXPECT_EQ(shown_by(170, "[h]:mm"), Shown::elapsed);
}

TEST(Workbook, errors_are_empty_and_told) {
    Parts parts = workbook(
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='2'><c r='A2' t='e'><v>#N/A</v></c><c "
        "r='B2'><v>1</v></c></row>");
    const auto sheet = read_sheet(parts, "", "f.xlsx");
    ASSERT_TRUE(sheet);
    EXPECT_EQ(sheet->csv, "1\r\n,1\r\n");
    ASSERT_EQ(sheet->errors.size(), 1U);
    EXPECT_EQ(sheet->errors[0].error, "#N/A");
    EXPECT_EQ(sheet->errors[0].row, 2);
}

TEST(Workbook, a_sheet_by_its_name) {
    Parts parts = workbook("<row><c><v>1</v></c></row>");
    EXPECT_EQ(read_sheet(parts, "", "f.xlsx")->name, "Leads") << "the first is hidden";
    EXPECT_EQ(read_sheet(parts, "More", "f.xlsx")->csv, "more\r\n");
    EXPECT_EQ(read_sheet(parts, "Gone", "f.xlsx").error().detail,
              "f.xlsx has no sheet 'Gone'; it has 'Old', 'Leads', 'More'");
    parts.parts.erase("xl/workbook.xml");
    EXPECT_EQ(read_sheet(parts, "", "f.xlsx").error().code, "not_xlsx");
}

TEST(Workbook, refuses_what_no_program_writes) {
    const auto refused = [](const std::string& rows) {
        Parts parts = workbook(rows);
        const auto sheet = read_sheet(parts, "", "f.xlsx");
        return sheet ? "read: " + sheet->csv : sheet.error().detail.substr(0, sheet.error().detail.find(';'));
    };
    const std::string part = "f.xlsx: part xl/worksheets/sheet1.xml ";
    EXPECT_EQ(refused("<row r='2'><c><v>1</v></c></row><row r='1'><c><v>1</v></c></row>"),
              part + "has row 1 after row 2");
    EXPECT_EQ(refused("<row r='1048577'><c><v>1</v></c></row>"), part + "has row 1048577 after row 0");
    EXPECT_EQ(refused("<row><c r='B1'><v>1</v></c><c r='A1'><v>1</v></c></row>"),
              part + "has a cell 'A1' out of its place");
    EXPECT_EQ(refused("<row><c r='XFE1'><v>1</v></c></row>"), part + "has a cell 'XFE1' out of its place");
    EXPECT_EQ(refused("<row><c></row>").substr(0, part.size() + 15), part + "is no sound XML");
}

TEST(Workbook, a_zip_that_is_none) {
    const auto input = imports::Input::of_text("f.xlsx", "PK\x03\x04 and then nothing");
    EXPECT_EQ(open_zip(input).error().code, "not_xlsx");
}

}  // namespace
}  // namespace baton::xlsx
