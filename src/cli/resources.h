// Playbooks and mappings by name or file: what is named as a file, else ./playbooks and ./examples, else what the program
// carries.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/session.h"
#include "connectors/import/mapping.h"
#include "domain/playbook/compiled.h"

namespace baton::cli {

struct PlaybookText {
    std::string file;  ///< for messages
    std::string text;
};
/// NAME ("handoff-loop") or FILE. Code not_found names what there is.
Result<PlaybookText> find_playbook(const std::string& name);

/// Reads, compiles and says every mistake; null when there is an error.
std::shared_ptr<const playbook::Compiled> compile_and_report(const Context& context, const PlaybookText& text,
                                                             std::ostream& to);

/// All mappings there are; broken ones are told on `err` and left out.
std::vector<imports::Mapping> known_mappings(const Context& context);
/// By id or file. Code not_found, bad_mapping.
Result<imports::Mapping> find_mapping(const std::string& name, const std::vector<imports::Mapping>& known);

/// Whether a playbook can be used, asked before a store is made for it. "" = none named. Codes not_found, bad_playbook.
Status can_begin_with(const Context& context, const std::string& wanted);
/// Sees to it that the store has a playbook: `wanted` ("" = none asked for), else the one in force, else `otherwise`.
/// Code other_playbook when another one than `wanted` is in force: changing it is `baton playbook activate`.
Status ensure_playbook(const Context& context, Session& session, const std::string& wanted,
                       const std::string& otherwise);

Result<std::string> read_text_file(const std::string& path);

}  // namespace baton::cli
