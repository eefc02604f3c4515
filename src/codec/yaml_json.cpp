#include "codec/yaml_json.h"

#include <yaml-cpp/yaml.h>

#include "codec/json_writer.h"

namespace baton::codec {
namespace {

bool is_json_number(std::string_view text) {
    std::size_t i = text.starts_with('-') ? 1 : 0;
    const std::size_t digits = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    if (i == digits || (text[digits] == '0' && i > digits + 1)) return false;
    if (i == text.size()) return true;
    if (text[i] != '.' || i + 1 == text.size()) return false;
    ++i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i == text.size();
}

void write_scalar(JsonWriter& out, const YAML::Node& node) {
    const std::string& text = node.Scalar();
    const bool plain = node.Tag() == "?";
    if (plain && (text == "true" || text == "false" || text == "null" || is_json_number(text)))
        out.raw(text);
    else
        out.value(text);
}

void write_node(JsonWriter& out, const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Map:
            out.begin_object();
            for (const auto& pair : node) {
                out.key(pair.first.Scalar());
                write_node(out, pair.second);
            }
            out.end_object();
            return;
        case YAML::NodeType::Sequence:
            out.begin_array();
            for (const auto& item : node) write_node(out, item);
            out.end_array();
            return;
        case YAML::NodeType::Scalar: write_scalar(out, node); return;
        default: out.null();
    }
}

}  // namespace

Result<std::string> yaml_to_json(std::string_view yaml) {
    try {
        JsonWriter out;
        write_node(out, YAML::Load(std::string(yaml)));
        return out.take();
    } catch (const YAML::Exception& error) {
        return fail("bad_yaml", "line " + std::to_string(error.mark.line + 1) + ", column " +
                                    std::to_string(error.mark.column + 1) + ": " + error.msg);
    }
}

}  // namespace baton::codec
