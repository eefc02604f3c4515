// The one translation unit that compiles Boost.JSON's parser: it gives numbers as they are written (a decimal must not go
// through binary floating point) and the place where a document breaks; simdjson's DOM gives neither.
#include "codec/json_tree.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>

#include "codec/json_writer.h"

namespace baton::codec {
namespace {

namespace json = boost::json;
using Code = json::error_code;

struct Builder {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    JsonNode root;
    std::vector<JsonNode*> open;
    std::string part;
    std::size_t room = 0;  ///< for so many more values

    JsonNode& add(JsonKind kind) {
        --room;
        JsonNode& node = open.empty() ? root : open.back()->items.emplace_back();
        node.kind = kind;
        return node;
    }
    /// Whether one more value may come.
    bool has_room(Code& error) const {
        if (room == 0) error = json::error::array_too_large;
        return room > 0;
    }
    bool begin(JsonKind kind, Code& error) {
        if (!has_room(error)) return false;
        JsonNode& node = add(kind);
        open.push_back(&node);
        return true;
    }
    bool end() {
        open.pop_back();
        return true;
    }
    bool finish(JsonKind kind, json::string_view rest, Code& error) {
        if (!has_room(error)) return false;
        part.append(rest.data(), rest.size());
        add(kind).text = std::move(part);
        part.clear();
        return true;
    }
    bool keep(json::string_view piece) {
        part.append(piece.data(), piece.size());
        return true;
    }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code& e) { return begin(JsonKind::object, e); }
    bool on_object_end(std::size_t, Code&) { return end(); }
    bool on_array_begin(Code& e) { return begin(JsonKind::array, e); }
    bool on_array_end(std::size_t, Code&) { return end(); }
    bool on_key_part(json::string_view s, std::size_t, Code&) { return keep(s); }
    bool on_key(json::string_view s, std::size_t, Code&) {
        keep(s);
        open.back()->keys.push_back(std::move(part));
        part.clear();
        return true;
    }
    bool on_string_part(json::string_view s, std::size_t, Code&) { return keep(s); }
    bool on_string(json::string_view s, std::size_t, Code& e) { return finish(JsonKind::string, s, e); }
    bool on_number_part(json::string_view s, Code&) { return keep(s); }
    bool on_int64(std::int64_t, json::string_view s, Code& e) { return finish(JsonKind::number, s, e); }
    bool on_uint64(std::uint64_t, json::string_view s, Code& e) { return finish(JsonKind::number, s, e); }
    bool on_double(double, json::string_view s, Code& e) { return finish(JsonKind::number, s, e); }
    bool on_bool(bool b, Code& e) {
        if (!has_room(e)) return false;
        add(JsonKind::boolean).truth = b;
        return true;
    }
    bool on_null(Code& e) {
        if (!has_room(e)) return false;
        add(JsonKind::null);
        return true;
    }
    bool on_comment_part(json::string_view, Code&) { return true; }
    bool on_comment(json::string_view, Code&) { return true; }
};

std::string place_of(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, std::min(at, text.size()));
    const auto line = 1 + std::ranges::count(before, '\n');
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

const JsonNode* JsonNode::find(std::string_view key) const {
    const auto at = std::ranges::find(keys, key);
    return at == keys.end() ? nullptr : &items[static_cast<std::size_t>(at - keys.begin())];
}

Result<JsonNode> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        return fail("bad_json", "the document has " + std::to_string(text.size()) + " bytes, at most " +
                                    std::to_string(limits.bytes) + " are read: send smaller batches");
    json::parse_options options;
    options.max_depth = limits.depth;
    json::basic_parser<Builder> parser(options);
    parser.handler().room = limits.nodes;
    Code error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (!error && !parser.done()) error = json::error::incomplete;
    if (error == json::error::array_too_large)
        return fail("bad_json", place_of(text, read) + ": more than " + std::to_string(limits.nodes) +
                                    " values in one document: send smaller batches");
    if (error) return fail("bad_json", place_of(text, read) + ": " + error.message());
    if (read < text.size()) return fail("bad_json", place_of(text, read) + ": more text behind the document's end");
    return std::move(parser.handler().root);
}

std::string to_json(const JsonNode& node) {
    switch (node.kind) {
        case JsonKind::null: return "null";
        case JsonKind::boolean: return node.truth ? "true" : "false";
        case JsonKind::number: return node.text;
        case JsonKind::string: return quoted(node.text);
        default: break;
    }
    const bool object = node.kind == JsonKind::object;
    std::string out(1, object ? '{' : '[');
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (i > 0) out += ',';
        if (object) out += quoted(node.keys[i]) + ':';
        out += to_json(node.items[i]);
    }
    return out + (object ? '}' : ']');
}

}  // namespace baton::codec
