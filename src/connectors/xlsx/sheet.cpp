#include "connectors/xlsx/sheet.h"

#include <algorithm>
#include <charconv>

#include "connectors/csv/scanner.h"
#include "connectors/xlsx/xml.h"

namespace baton::xlsx {
namespace {

constexpr std::int64_t most_rows = 1'048'576;
constexpr std::size_t longest_row = std::size_t{16} << 20;
constexpr std::size_t largest_text = std::size_t{512} << 20;

/// Behind the last closing tag of that name, "</row>" or "</x:row>"; 0 = there is none.
std::size_t last_closed(std::string_view text, const std::string& name) {
    const std::string end = name + ">";
    for (std::size_t at = text.rfind(end); at != std::string_view::npos && at > 0; at = text.rfind(end, at - 1)) {
        const std::size_t open = text.rfind('<', at);
        if (open == std::string_view::npos) return 0;
        const std::string_view tag = text.substr(open, at - open);
        if (tag == "</" || (tag.starts_with("</") && tag.ends_with(':'))) return at + end.size();
    }
    return 0;
}

class Rows {
   public:
    Rows(const Look& look, std::string_view file, std::string part)
        : look_(look), file_(file), part_(std::move(part)) {}

    Result<bool> take(std::string_view piece) {
        text_ += piece;
        if (!begun_ && !begin()) {
            if (text_.size() > longest_row) return broken("has no rows where they should be");
            return true;
        }
        if (const std::size_t end = last_closed(text_, "row"); end > 0) {
            if (auto done = parse(end); !done) return std::unexpected(done.error());
            text_.erase(0, end);
        }
        if (last_closed(text_, "sheetData") > 0) return false;  // what follows is no rows
        if (text_.size() > longest_row) return broken("has a row of more than 16 MiB");
        return true;
    }
    Sheet sheet() { return std::move(sheet_); }

   private:
    std::unexpected<Error> broken(const std::string& what) const {
        return fail("not_xlsx", std::string(file_) + ": part " + part_ + " " + what +
                                    "; open it in a spreadsheet program and save it again");
    }

    /// Drops what stands before the rows.
    bool begin() {
        const std::size_t at = text_.find("sheetData");
        if (at == std::string::npos) return false;
        const std::size_t end = text_.find('>', at);
        if (end == std::string::npos) return false;
        if (text_[end - 1] == '/')
            text_ = "</sheetData>";  // there are none
        else
            text_.erase(0, end + 1);
        return begun_ = true;
    }

    Status parse(std::size_t size) {
        pugi::xml_document some;
        const auto parsed =
            some.load_buffer(text_.data(), size, pugi::parse_default | pugi::parse_fragment | pugi::parse_ws_pcdata,
                             pugi::encoding_utf8);
        if (!parsed) return broken(std::string("is no sound XML: ") + parsed.description());
        for (const pugi::xml_node node : some.children()) {
            if (local(node.name()) != "row") continue;
            if (auto done = add(node); !done) return done;
        }
        return {};
    }

    Status add(pugi::xml_node row) {
        std::int64_t number = last_ + 1;
        if (const auto given = attribute(row, "r"); !given.empty())
            std::from_chars(given.data(), given.data() + given.size(), number);
        if (number <= last_ || number > most_rows)
            return broken("has row " + std::to_string(number) + " after row " + std::to_string(last_));
        cells_.clear();
        next_ = 0;
        for (const pugi::xml_node cell : row.children())
            if (local(cell.name()) == "c")
                if (auto done = add_cell(cell, number); !done) return done;
        while (cells_.size() > width_ && cells_.back().empty()) cells_.pop_back();
        if (std::ranges::all_of(cells_, &std::string::empty)) return {};  // blank: said by the next one
        if (width_ == 0) width_ = cells_.size();
        if (cells_.size() < width_) cells_.resize(width_);
        for (; last_ + 1 < number; ++last_) sheet_.csv += "\r\n";
        csv::write_row(sheet_.csv, cells_);
        last_ = number;
        if (sheet_.csv.size() > largest_text) return broken("holds more than 512 MiB of text");
        return {};
    }

    Status add_cell(pugi::xml_node cell, std::int64_t row) {
        std::size_t column = next_;
        if (const auto reference = attribute(cell, "r"); !reference.empty()) {
            const auto named = column_of(reference);
            if (!named || *named < next_) return broken("has a cell '" + std::string(reference) + "' out of its place");
            column = *named;
        }
        next_ = column + 1;
        if (column >= 16'384) return broken("has a row of more than 16,384 columns");
        std::string text = text_in(cell);
        if (attribute(cell, "t") == "e" && !text.empty()) {
            if (sheet_.errors.size() < most_errors) sheet_.errors.push_back({row, column, std::move(text)});
            text.clear();
        }
        if (text.empty()) return {};
        cells_.resize(column);
        cells_.push_back(std::move(text));
        return {};
    }

    std::string text_in(pugi::xml_node cell) const {
        const std::string_view type = attribute(cell, "t");
        if (type == "inlineStr") return unescaped(xlsx::text_of(child(cell, "is")));
        const std::string value = child(cell, "v").text().get();
        if (value.empty() || type == "e") return value;
        if (type == "s") {
            std::size_t index = 0;
            const auto read = std::from_chars(value.data(), value.data() + value.size(), index);
            return read.ec == std::errc() && index < look_.strings.size() ? look_.strings[index] : "";
        }
        if (type == "b") return value == "0" ? "FALSE" : "TRUE";
        if (type == "str" || type == "d") return unescaped(value);
        std::size_t style = 0;
        const std::string_view styled = attribute(cell, "s");
        std::from_chars(styled.data(), styled.data() + styled.size(), style);
        const Shown shown = style < look_.styles.size() ? look_.styles[style] : Shown::number;
        return shown == Shown::number ? plain_number(value) : plain_date(value, shown, look_.from_1904);
    }

    const Look& look_;
    std::string_view file_;
    std::string part_;
    std::string text_;
    bool begun_ = false;
    std::int64_t last_ = 0;
    std::size_t width_ = 0, next_ = 0;
    std::vector<std::string> cells_;
    Sheet sheet_;
};

}  // namespace

Result<Sheet> read_rows(Package& package, const std::string& part, const Look& look, std::string_view file) {
    Rows rows(look, file, part);
    const auto read = package.read(part, [&](std::string_view piece) { return rows.take(piece); });
    if (!read) return std::unexpected(read.error());
    if (!*read) return fail("not_xlsx", std::string(file) + " names a sheet that is not in it: " + part);
    return rows.sheet();
}

}  // namespace baton::xlsx
