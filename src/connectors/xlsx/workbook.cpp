#include "connectors/xlsx/workbook.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "connectors/csv/scanner.h"
#include "connectors/xlsx/cells.h"
#include "connectors/xlsx/sheet.h"
#include "connectors/xlsx/xml.h"

namespace baton::xlsx {
namespace {

constexpr std::size_t largest_part = std::size_t{256} << 20;  ///< read whole: everything but the sheet itself

std::unexpected<Error> not_a_workbook(std::string_view file, const std::string& what) {
    return fail("not_xlsx", std::string(file) + ": " + what +
                                "; open it in a spreadsheet program and save it again as .xlsx, or as \"CSV UTF-8\"");
}

std::string folder_of(const std::string& part) {
    const auto slash = part.rfind('/');
    return slash == std::string::npos ? "" : part.substr(0, slash + 1);
}

/// "/xl/a.xml" and "a.xml" beside xl/workbook.xml are the same.
std::string resolved(const std::string& from, std::string_view target) {
    if (target.starts_with('/')) return std::string(target.substr(1));
    std::string folder = folder_of(from);
    while (target.starts_with("../")) {
        target.remove_prefix(3);
        if (!folder.empty()) folder = folder_of(folder.substr(0, folder.size() - 1));
    }
    return folder + std::string(target);
}

struct Relation {
    std::string id, type, part;
};

/// One workbook being read.
class Reading {
   public:
    Reading(Package& package, std::string_view file) : package_(package), file_(file) {}

    Result<Sheet> sheet(std::string_view wanted) {
        auto root = relations("");
        if (!root) return std::unexpected(root.error());
        const std::string workbook = part_of(*root, "officeDocument").value_or("xl/workbook.xml");
        pugi::xml_document book;
        const auto found = document(workbook, book);
        if (!found) return std::unexpected(found.error());
        if (!*found) return not_a_workbook(file_, "it is an archive, but no Excel workbook");
        const auto all = relations(workbook);
        if (!all) return std::unexpected(all.error());
        const pugi::xml_node top = book.document_element();
        const std::string_view since = attribute(child(top, "workbookPr"), "date1904");
        look_.from_1904 = since == "1" || since == "true";
        if (auto done = read_strings(*all); !done) return std::unexpected(done.error());
        if (auto done = read_styles(*all); !done) return std::unexpected(done.error());
        return chosen(child(top, "sheets"), *all, wanted);
    }

   private:
    Result<bool> document(const std::string& part, pugi::xml_document& into) {
        std::string text;
        const auto found = package_.read(part, [&](std::string_view piece) -> Result<bool> {
            if (text.size() + piece.size() > largest_part)
                return not_a_workbook(file_, "part " + part + " is larger than 256 MiB");
            text += piece;
            return true;
        });
        if (!found || !*found) return found;
        const auto parsed = into.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata);
        if (!parsed) return not_a_workbook(file_, "part " + part + " is no sound XML: " + parsed.description());
        return true;
    }

    Result<std::vector<Relation>> relations(const std::string& of) {
        const std::string folder = folder_of(of);
        pugi::xml_document about;
        const auto found = document(folder + "_rels/" + of.substr(folder.size()) + ".rels", about);
        if (!found) return std::unexpected(found.error());
        std::vector<Relation> all;
        for (const pugi::xml_node node : about.document_element().children())
            if (attribute(node, "TargetMode") != "External")
                all.push_back({std::string(attribute(node, "Id")), std::string(attribute(node, "Type")),
                               resolved(of, attribute(node, "Target"))});
        return all;
    }

    static std::optional<std::string> part_of(const std::vector<Relation>& all, std::string_view type) {
        for (const Relation& one : all)
            if (one.type.ends_with("/" + std::string(type))) return one.part;
        return {};
    }

    Status read_strings(const std::vector<Relation>& all) {
        const auto part = part_of(all, "sharedStrings");
        if (!part) return {};
        pugi::xml_document strings;
        if (const auto found = document(*part, strings); !found) return std::unexpected(found.error());
        for (const pugi::xml_node node : strings.document_element().children())
            if (local(node.name()) == "si") look_.strings.push_back(unescaped(text_of(node)));
        return {};
    }

    Status read_styles(const std::vector<Relation>& all) {
        const auto part = part_of(all, "styles");
        if (!part) return {};
        pugi::xml_document styles;
        if (const auto found = document(*part, styles); !found) return std::unexpected(found.error());
        std::map<unsigned, std::string> codes;
        const auto id_of = [](pugi::xml_node node) {
            const std::string_view text = attribute(node, "numFmtId");
            unsigned id = 0;
            std::from_chars(text.data(), text.data() + text.size(), id);
            return id;
        };
        for (const pugi::xml_node node : child(styles.document_element(), "numFmts").children())
            codes[id_of(node)] = attribute(node, "formatCode");
        for (const pugi::xml_node node : child(styles.document_element(), "cellXfs").children()) {
            if (local(node.name()) != "xf") continue;
            const auto code = codes.find(id_of(node));
            look_.styles.push_back(shown_by(id_of(node), code == codes.end() ? std::string_view() : code->second));
        }
        return {};
    }

    Result<Sheet> chosen(pugi::xml_node sheets, const std::vector<Relation>& all, std::string_view wanted) {
        std::string names;
        for (const pugi::xml_node node : sheets.children()) {
            if (local(node.name()) != "sheet") continue;
            const std::string name(attribute(node, "name"));
            const std::string_view state = attribute(node, "state");
            const bool hidden = state == "hidden" || state == "veryHidden";
            names += (names.empty() ? "'" : ", '") + name + "'";
            if (wanted.empty() ? hidden : name != wanted) continue;
            const auto relation = std::ranges::find(all, attribute(node, "id"), &Relation::id);
            if (relation == all.end() || !relation->type.ends_with("/worksheet")) continue;
            auto sheet = read_rows(package_, relation->part, look_, file_);
            if (sheet) sheet->name = name;
            return sheet;
        }
        if (!wanted.empty())
            return fail("no_sheet", std::string(file_) + " has no sheet '" + std::string(wanted) + "'; it has " +
                                        (names.empty() ? "none" : names));
        return fail("no_sheet", std::string(file_) + " has no sheet that can be seen; name one with --sheet");
    }

    Package& package_;
    std::string_view file_;
    Look look_;
};

}  // namespace

bool is_workbook(std::string_view first_bytes) { return first_bytes.starts_with("PK\x03\x04"); }

Result<Sheet> read_sheet(Package& package, std::string_view wanted, std::string_view file) {
    return Reading(package, file).sheet(wanted);
}

}  // namespace baton::xlsx
