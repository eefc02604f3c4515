// Any bytes either are no workbook, or become a sheet; bytes as the parts of one, too, which a zip would hardly come to.
#include <algorithm>
#include <array>
#include <cstdint>

#include "connectors/xlsx/workbook.h"

namespace {

using namespace baton;

/// A sheet, strings and styles cut out of the input, in a workbook that is sound.
struct Parts : xlsx::Package {
    std::array<std::string_view, 3> texts;
    std::size_t piece = 1;

    Result<bool> read(const std::string& name, const xlsx::Take& take) override {
        std::string_view rest;
        if (name == "_rels/.rels")
            rest = "<R><r Id='a' Type='/officeDocument' Target='w.xml'/></R>";
        else if (name == "w.xml")
            rest = "<w><sheets><sheet name='S' id='s'/></sheets></w>";
        else if (name == "_rels/w.xml.rels")
            rest =
                "<R><r Id='s' Type='/worksheet' Target='0'/><r Id='t' Type='/sharedStrings' Target='1'/>"
                "<r Id='y' Type='/styles' Target='2'/></R>";
        else if (name == "0" || name == "1" || name == "2")
            rest = texts[static_cast<std::size_t>(name[0] - '0')];
        else
            return false;
        while (!rest.empty()) {
            const auto more = take(rest.substr(0, piece));
            if (!more) return std::unexpected(more.error());
            if (!*more) break;
            rest.remove_prefix(std::min(piece, rest.size()));
        }
        return true;
    }
};

void read(xlsx::Package& package) {
    const auto sheet = xlsx::read_sheet(package, "", "f");
    BATON_CHECK(sheet || !sheet.error().detail.empty());
    if (!sheet) return;
    std::int64_t before = 0;
    for (const auto& error : sheet->errors) {
        BATON_CHECK(error.row >= before && !error.error.empty());
        before = error.row;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 3), size - 3);
    if (data[0] % 4 == 0) {
        const auto input = imports::Input::of_text("f", std::string(text));
        const auto zip = xlsx::open_zip(input, {.entries = 100, .inflated = 1 << 20, .ratio = 100, .judged = 1 << 16});
        if (zip) read(**zip);
        return 0;
    }
    Parts parts;
    const std::size_t first = text.size() * data[1] / 255, second = (text.size() - first) * data[2] / 255;
    parts.texts = {text.substr(0, first), text.substr(first, second), text.substr(first + second)};
    parts.piece = data[0] % 4 == 1 ? 7 : 1 << 16;
    read(parts);
    return 0;
}
