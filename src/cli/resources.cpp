#include "cli/resources.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/embedded.h"
#include "codec/playbook_yaml.h"
#include "connectors/import/guess.h"

namespace baton::cli {
namespace {

namespace fs = std::filesystem;

bool is_file(const std::string& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

std::string listed(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

/// "playbooks/abc.yaml" → "abc", "examples/x-education/playbook.yaml" → "x-education", others → "".
std::string playbook_name(std::string_view path) {
    const fs::path p(path);
    if (p.extension() != ".yaml") return "";
    if (p.parent_path().filename() == "playbooks") return p.stem().string();
    return p.filename() == "playbook.yaml" ? p.parent_path().filename().string() : "";
}

bool looks_like_mapping(std::string_view text) {
    return text.starts_with("mapping:") || text.find("\nmapping:") != std::string_view::npos;
}

/// YAML files below ./examples, by name.
std::vector<std::string> example_files() {
    std::vector<std::string> files;
    std::error_code error;
    for (fs::recursive_directory_iterator at("examples", error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".yaml") files.push_back(at->path().string());
    std::sort(files.begin(), files.end());
    return files;
}

void add_mapping(const Context& context, std::string_view text, std::string_view file,
                 std::vector<imports::Mapping>& to) {
    if (!looks_like_mapping(text)) return;
    imports::ReadMapping read = imports::read_mapping(text, file);
    for (const auto& diagnostic : read.diagnostics) context.screen.err << to_string(diagnostic, file) << '\n';
    if (!read.mapping) return;
    const auto same = [&](const imports::Mapping& other) { return other.id == read.mapping->id; };
    if (std::none_of(to.begin(), to.end(), same)) to.push_back(std::move(*read.mapping));
}

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return fail("cannot_read", path + " is a folder; name a file in it");
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail("cannot_read", "cannot read " + path + "; is the name right?");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

Result<PlaybookText> find_playbook(const std::string& name) {
    if (is_file(name) || name.ends_with(".yaml") || name.find('/') != std::string::npos) {
        auto text = read_text_file(name);
        if (!text) return std::unexpected(text.error());
        return PlaybookText{name, std::move(*text)};
    }
    for (const std::string& path : {"playbooks/" + name + ".yaml", "examples/" + name + "/playbook.yaml"})
        if (is_file(path))
            if (auto text = read_text_file(path)) return PlaybookText{path, std::move(*text)};
    std::vector<std::string> names;
    for (const Embedded& file : embedded()) {
        if (playbook_name(file.path) == name) return PlaybookText{std::string(file.path), std::string(file.text)};
        if (std::string known = playbook_name(file.path); !known.empty()) names.push_back(std::move(known));
    }
    return fail("not_found",
                "no playbook '" + name + "'; there are " + listed(std::move(names)) + ", guess, or name a file");
}

std::shared_ptr<const playbook::Compiled> compile_and_report(const Context&, const PlaybookText& text,
                                                             std::ostream& to) {
    const auto read = codec::read_playbook(text.text, text.file);
    if (!read) {
        for (const auto& diagnostic : read.error()) to << to_string(diagnostic, text.file) << '\n';
        return nullptr;
    }
    const playbook::CompileResult compiled = playbook::compile(*read);
    for (const auto& diagnostic : compiled.diagnostics) to << to_string(diagnostic, text.file) << '\n';
    return compiled.playbook;
}

std::vector<imports::Mapping> known_mappings(const Context& context) {
    std::vector<imports::Mapping> all;
    for (const std::string& file : example_files())
        if (const auto text = read_text_file(file)) add_mapping(context, *text, file, all);
    for (const Embedded& file : embedded()) add_mapping(context, file.text, file.path, all);
    return all;
}

Result<imports::Mapping> find_mapping(const std::string& name, const std::vector<imports::Mapping>& known) {
    for (const imports::Mapping& mapping : known)
        if (mapping.id == name) return mapping;
    if (name == imports::guess().id) return imports::guess();
    if (!is_file(name) && !name.ends_with(".yaml")) {
        std::vector<std::string> names;
        for (const imports::Mapping& mapping : known) names.push_back(mapping.id);
        return fail("not_found",
                    "no mapping '" + name + "'; there are " + listed(std::move(names)) + ", or name a file");
    }
    const auto text = read_text_file(name);
    if (!text) return std::unexpected(text.error());
    imports::ReadMapping read = imports::read_mapping(*text, name);
    if (read.mapping) return std::move(*read.mapping);
    std::string said;
    for (const auto& diagnostic : read.diagnostics) said += (said.empty() ? "" : "\n") + to_string(diagnostic, name);
    return fail("bad_mapping", said);
}

namespace {

Result<std::shared_ptr<const playbook::Compiled>> without_errors(const Context& context, const PlaybookText& text) {
    std::ostringstream said;
    auto compiled = compile_and_report(context, text, said);
    if (compiled != nullptr) return compiled;
    std::string mistakes = said.str();
    while (mistakes.ends_with('\n')) mistakes.pop_back();
    return fail("bad_playbook", "the playbook has errors:\n" + mistakes);
}

}  // namespace

Status can_begin_with(const Context& context, const std::string& wanted) {
    if (wanted.empty()) return {};
    const auto text = find_playbook(wanted);
    if (!text) return std::unexpected(text.error());
    const auto compiled = without_errors(context, *text);
    return compiled ? Status() : std::unexpected(compiled.error());
}

Status ensure_playbook(const Context& context, Session& session, const std::string& wanted,
                       const std::string& otherwise) {
    const auto active = session.ledger->active();
    if (active != nullptr && wanted.empty()) return {};
    const auto text = find_playbook(wanted.empty() ? otherwise : wanted);
    if (!text) return std::unexpected(text.error());
    const auto compiled = without_errors(context, *text);
    if (!compiled) return std::unexpected(compiled.error());
    if (active != nullptr && active->source.id != (*compiled)->source.id)
        return fail("other_playbook", "the store runs under the playbook '" + active->source.id + "', not '" +
                                          (*compiled)->source.id +
                                          "'; leave --playbook out, or change it with baton playbook activate");
    if (active != nullptr) return {};
    const auto version = session.ledger->store_playbook(text->text, text->file);
    if (!version) return std::unexpected(version.error());
    app::Activation activation;
    activation.version = *version;
    const auto activated = session.ledger->activate(activation);
    if (!activated) return std::unexpected(activated.error());
    return {};
}

}  // namespace baton::cli
