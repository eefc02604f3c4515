// yaml-cpp's events → tree. Its exceptions and its marks (0-based, in bytes) end here.
#include "codec/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>

namespace baton::codec {
namespace {

using playbook::Diagnostic;
using playbook::Place;
using playbook::Severity;
using playbook::TextStyle;

Diagnostic refusal(Place place, std::string message, std::string hint = {}) {
    return {Severity::error, place, std::move(message), std::move(hint)};
}

Diagnostic anchor_refusal(Place place) {
    return refusal(place, "anchors and aliases (& and *) are not allowed in a playbook",
                   "write the text out, or put it in quotes if it only starts with & or *");
}

/// Leaves the parser from inside an event; caught in parse_yaml.
struct Refused : std::exception {
    Diagnostic why;
    explicit Refused(Diagnostic d) : why(std::move(d)) {}
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// The text cut into lines, to turn byte columns into characters.
class Lines {
   public:
    explicit Lines(std::string_view text) {
        std::size_t start = 0;
        while (true) {
            const std::size_t end = text.find('\n', start);
            lines_.push_back(text.substr(start, end == std::string_view::npos ? end : end - start));
            if (end == std::string_view::npos) break;
            start = end + 1;
        }
    }
    std::string_view line(int index) const {
        if (index < 0 || static_cast<std::size_t>(index) >= lines_.size()) return {};
        return lines_[static_cast<std::size_t>(index)];
    }
    int longest() const {
        const auto shorter = [](std::string_view a, std::string_view b) { return a.size() < b.size(); };
        return static_cast<int>(std::max_element(lines_.begin(), lines_.end(), shorter) - lines_.begin());
    }
    Place place(int line_index, int byte_column) const {
        const std::string_view before = line(line_index).substr(0, static_cast<std::size_t>(std::max(byte_column, 0)));
        const auto inside = std::count_if(before.begin(), before.end(), is_continuation);
        return {std::max(line_index, 0) + 1, std::max(byte_column, 0) - static_cast<int>(inside) + 1};
    }
    Place place(const YAML::Mark& mark) const { return mark.is_null() ? Place{1, 1} : place(mark.line, mark.column); }

   private:
    std::vector<std::string_view> lines_;
};

// ---- what a plain scalar is (YAML 1.2.2 §10.3.2) ----------------------------------------------------------------

bool is_digits(std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_number(std::string_view s) {
    if (s == ".inf" || s == "-.inf" || s == "+.inf" || s == ".nan") return true;
    if (s.starts_with("0x") || s.starts_with("0o")) return s.size() > 2;
    if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
    const std::size_t e = s.find_first_of("eE");
    if (e != std::string_view::npos) {
        std::string_view exponent = s.substr(e + 1);
        if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
        if (!is_digits(exponent)) return false;
        s = s.substr(0, e);
    }
    const std::size_t dot = s.find('.');
    if (dot == std::string_view::npos) return is_digits(s);
    const std::string_view whole = s.substr(0, dot);
    const std::string_view part = s.substr(dot + 1);
    return (whole.empty() || is_digits(whole)) && (part.empty() || is_digits(part)) && whole.size() + part.size() > 0;
}

YamlKind plain_kind(std::string_view s) {
    if (s.empty() || s == "~" || s == "null" || s == "Null" || s == "NULL") return YamlKind::null;
    for (const std::string_view word : {"true", "True", "TRUE", "false", "False", "FALSE"})
        if (s == word) return YamlKind::boolean;
    return is_number(s) ? YamlKind::number : YamlKind::text;
}

std::optional<Diagnostic> bad_bytes(std::string_view text);

// ---- the tree ---------------------------------------------------------------------------------------------------

class Builder : public YAML::EventHandler {
   public:
    explicit Builder(const Lines& lines) : lines_(lines) {}
    YamlNode take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(mark, "", anchor, YamlNode{.kind = YamlKind::null, .place = lines_.place(mark)});
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        // Escapes in double quotes can make what may not stand in the file itself.
        if (bad_bytes(value))
            throw Refused(refusal(lines_.place(mark),
                                  "this text makes a control character or broken UTF-8 with a backslash",
                                  "write plain characters"));
        add(mark, tag, anchor, scalar(mark, tag, value));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlKind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlKind::map);
    }
    void OnMapEnd() override { close(); }

   private:
    [[noreturn]] void refuse_anchor(const YAML::Mark& mark) const { throw Refused(anchor_refusal(lines_.place(mark))); }
    void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) refuse_anchor(mark);
        if (!tag.empty() && tag != "?" && tag != "!")
            throw Refused(
                refusal(lines_.place(mark), "tags (" + tag + ") are not allowed in a playbook", "take the tag out"));
        if (++nodes_ > yaml_max_nodes)
            throw Refused(refusal(lines_.place(mark), "the file holds more than 100000 values", "split the playbook"));
    }
    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlKind kind) {
        check(mark, tag, anchor);
        if (stack_.size() >= static_cast<std::size_t>(yaml_max_depth))
            throw Refused(refusal(lines_.place(mark), "lists and maps are nested more than 24 deep"));
        refuse_as_key(mark);
        stack_.push_back(YamlNode{.kind = kind, .place = lines_.place(mark)});
    }
    void close() {
        YamlNode done = std::move(stack_.back());
        stack_.pop_back();
        attach(std::move(done));
    }
    void add(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode node) {
        check(mark, tag, anchor);
        attach(std::move(node));
    }
    bool key_is_next() const {
        return !stack_.empty() && stack_.back().kind == YamlKind::map &&
               stack_.back().keys.size() == stack_.back().items.size();
    }
    void refuse_as_key(const YAML::Mark& mark) const {
        if (key_is_next())
            throw Refused(refusal(lines_.place(mark), "a key must be a single word, not a list or a map"));
    }
    void attach(YamlNode node) {
        if (stack_.empty()) {
            root_ = std::move(node);
        } else if (key_is_next()) {
            if (node.kind == YamlKind::null) throw Refused(refusal(node.place, "a key is missing before ':'"));
            stack_.back().keys.push_back(std::move(node));
        } else {
            stack_.back().items.push_back(std::move(node));
        }
    }

    YamlNode scalar(const YAML::Mark& mark, const std::string& tag, const std::string& value) const {
        YamlNode node{.kind = YamlKind::text, .text = value, .place = lines_.place(mark)};
        const std::string_view line = lines_.line(mark.line);
        const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
        const char first = column < line.size() ? line[column] : ' ';
        if (tag != "!") {
            node.kind = plain_kind(value);
            if (!written_on_one_line(line.substr(std::min(column, line.size())), value)) node.style = TextStyle::folded;
        } else if (first == '\'' || first == '"') {
            node.style = first == '"' ? TextStyle::double_quoted : TextStyle::single_quoted;
            node.place.column += 1;
            if (!closes_on_line(line.substr(column + 1), first)) node.style = TextStyle::folded;
        } else if (first == '|') {
            node.style = TextStyle::literal;
            node.place = literal_start(mark.line);
        } else {
            node.style = TextStyle::folded;
        }
        return node;
    }
    static bool written_on_one_line(std::string_view rest, std::string_view value) { return rest.starts_with(value); }
    static bool closes_on_line(std::string_view rest, char quote) {
        for (std::size_t i = 0; i < rest.size(); ++i) {
            if (quote == '"' && rest[i] == '\\') {
                ++i;
            } else if (rest[i] == quote) {
                if (quote == '"' || i + 1 >= rest.size() || rest[i + 1] != quote) return true;
                ++i;
            }
        }
        return false;
    }
    /// Where the text of a `|` block begins: the first line below that is not blank.
    Place literal_start(int indicator_line) const {
        const int next = indicator_line + 1;
        const std::string_view line = lines_.line(next);
        const std::size_t indent = line.find_first_not_of(' ');
        return lines_.place(next, indent == std::string_view::npos ? 0 : static_cast<int>(indent));
    }

    const Lines& lines_;
    std::vector<YamlNode> stack_;
    YamlNode root_;
    std::size_t nodes_ = 0;
};

// ---- bytes that no YAML parser should see ---------------------------------------------------------------------------

std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/// Length of the well-formed character at `at`, 0 when there is none. Unicode 15 table 3-7.
std::size_t character_at(std::string_view s, std::size_t at) {
    const auto lead = static_cast<unsigned char>(s[at]);
    const std::size_t n = sequence_length(lead);
    if (n == 0 || at + n > s.size()) return 0;
    for (std::size_t i = 1; i < n; ++i)
        if (!is_continuation(s[at + i])) return 0;
    if (n < 2) return n;
    const auto second = static_cast<unsigned char>(s[at + 1]);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : n;
}

std::optional<Diagnostic> bad_bytes(std::string_view text) {
    Place at{1, 1};
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t n = character_at(text, i);
        if (n == 0) return refusal(at, "this byte is not UTF-8", "save the file as UTF-8");
        const auto c = static_cast<unsigned char>(text[i]);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            return refusal(at, "a control character stands here", "delete it; the file must be plain text in UTF-8");
        at = c == '\n' ? Place{at.line + 1, 1} : Place{at.line, at.column + 1};
        i += n;
    }
    return std::nullopt;
}

YamlNode parse(std::string_view text, const Lines& lines) {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder first(lines);
    if (!parser.HandleNextDocument(first))
        throw Refused(refusal({1, 1}, "the file is empty", "start with 'playbook: 1'"));
    Builder second(lines);
    if (parser.HandleNextDocument(second))
        throw Refused(refusal(second.take().place, "the file holds more than one document", "take out the '---' line"));
    return first.take();
}

}  // namespace

std::string_view to_string(YamlKind kind) {
    switch (kind) {
        case YamlKind::null: return "nothing";
        case YamlKind::text: return "text";
        case YamlKind::number: return "a number";
        case YamlKind::boolean: return "true or false";
        case YamlKind::list: return "a list";
        case YamlKind::map: return "a map of keys";
    }
    return "";
}

std::expected<YamlNode, Diagnostic> parse_yaml(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.size() > yaml_max_bytes)
        return std::unexpected(refusal({1, 1}, "the file is larger than 1 MiB",
                                       "a playbook is a few hundred lines; is this the right file?"));
    if (auto bad = bad_bytes(text)) return std::unexpected(std::move(*bad));
    const Lines lines(text);
    if (const int line = lines.longest(); lines.line(line).size() > yaml_max_line)
        return std::unexpected(
            refusal({line + 1, 1}, "this line is longer than 2000 characters", "break it into several"));
    try {
        return parse(text, lines);
    } catch (const Refused& refused) {
        return std::unexpected(refused.why);
    } catch (const YAML::Exception& e) {
        if (e.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR) return std::unexpected(anchor_refusal(lines.place(e.mark)));
        return std::unexpected(refusal(lines.place(e.mark), "this is not YAML: " + e.msg,
                                       "look at indentation, quotes and colons on this line and the one above"));
    }
}

}  // namespace baton::codec
