// Parts of the playbook reader, each for some sections of the file.
#pragma once

#include "codec/yaml_map.h"
#include "domain/playbook/model.h"

namespace baton::codec {

// playbook_yaml.cpp
playbook::Criteria read_criteria(const Map& map);  ///< the lists `all`, `any`, `none` of this map

// playbook_yaml_scoring.cpp
playbook::Score read_score(Problems& problems, const YamlNode& node);
playbook::Class read_class(Problems& problems, const YamlNode& node);

// playbook_yaml_process.cpp
playbook::Stage read_stage(Problems& problems, const YamlNode& node);
playbook::Arrow read_transition(Problems& problems, const YamlNode& node);
playbook::HandOff read_hand_off(Problems& problems, const YamlNode& node);
playbook::Route read_route(Problems& problems, const YamlNode& node);
playbook::Program read_program(Problems& problems, const YamlNode& node);
playbook::Commitment read_commitment(Problems& problems, const YamlNode& node);

/// "Right size" → right_size: lower case, runs of other characters become one _; "" when nothing is left.
std::string id_from_name(std::string_view name);

/// Every item of the list under `key`.
template <class Read>
auto read_all(const Map& map, std::string_view key, Read read) {
    std::vector<decltype(read(map.problems(), std::declval<const YamlNode&>()))> all;
    for (const YamlNode& item : map.list(key)) all.push_back(read(map.problems(), item));
    return all;
}

}  // namespace baton::codec
