// Names in XML of workbooks, whatever prefix their namespace has. Private to xlsx.
#pragma once

#include <pugixml.hpp>

#include <string>
#include <string_view>

namespace baton::xlsx {

/// "x:row" → "row".
inline std::string_view local(std::string_view name) {
    const auto colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

inline pugi::xml_node child(pugi::xml_node of, std::string_view name) {
    for (const pugi::xml_node node : of.children())
        if (local(node.name()) == name) return node;
    return {};
}

inline std::string_view attribute(pugi::xml_node of, std::string_view name) {
    for (const pugi::xml_attribute attribute : of.attributes())
        if (local(attribute.name()) == name) return attribute.value();
    return {};
}

/// All text of an element, also in runs of different looks; not what says how it is pronounced.
inline std::string text_of(pugi::xml_node of) {
    std::string text;
    for (const pugi::xml_node node : of.children()) {
        const std::string_view name = local(node.name());
        if (name == "t") text += node.text().get();
        if (name == "r") text += text_of(node);
    }
    return text;
}

}  // namespace baton::xlsx
