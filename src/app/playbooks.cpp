#include "app/playbooks.h"

#include <mutex>

#include "codec/playbook_yaml.h"

namespace baton::app {
namespace {

Result<std::shared_ptr<const playbook::Compiled>> not_runnable(const std::vector<playbook::Diagnostic>& found,
                                                               std::string_view file) {
    std::string detail;
    for (const auto& diagnostic : found) {
        if (diagnostic.severity != playbook::Severity::error) continue;
        if (!detail.empty()) detail += '\n';
        detail += playbook::to_string(diagnostic, file);
    }
    return fail("not_runnable", std::move(detail));
}

}  // namespace

Result<std::shared_ptr<const playbook::Compiled>> compile_yaml(const ports::StoredPlaybook& stored) {
    const auto source = codec::read_playbook(stored.text, stored.file);
    if (!source) return not_runnable(source.error(), stored.file);
    auto compiled = playbook::compile(*source, stored.version);
    if (compiled.playbook == nullptr) return not_runnable(compiled.diagnostics, stored.file);
    return std::move(compiled.playbook);
}

Playbooks::Playbooks(Compile compile) : compile_(compile ? std::move(compile) : Compile(compile_yaml)) {}

Status Playbooks::load(const ports::Reader& store) {
    const auto stored = store.playbooks();
    if (!stored) return std::unexpected(stored.error());
    for (const auto& one : *stored) {
        if (get(one.version) != nullptr) continue;
        auto compiled = compile_(one);
        if (compiled) add(one.version, std::move(*compiled));
    }
    return {};
}

Result<std::shared_ptr<const playbook::Compiled>> Playbooks::compile(const ports::StoredPlaybook& stored) const {
    return compile_(stored);
}

void Playbooks::add(std::uint32_t version, std::shared_ptr<const playbook::Compiled> playbook) {
    const std::unique_lock lock(mutex_);
    versions_[version] = std::move(playbook);
}

void Playbooks::set_active(std::uint32_t version) {
    const std::unique_lock lock(mutex_);
    active_ = version;
}

std::shared_ptr<const playbook::Compiled> Playbooks::get(std::uint32_t version) const {
    const std::shared_lock lock(mutex_);
    const auto at = versions_.find(version);
    return at == versions_.end() ? nullptr : at->second;
}

std::shared_ptr<const playbook::Compiled> Playbooks::get(std::uint32_t version, const ports::Reader& store) {
    auto known = get(version);
    if (known != nullptr || version == 0) return known;
    static_cast<void>(load(store));
    return get(version);
}

std::shared_ptr<const playbook::Compiled> Playbooks::active() const {
    const std::shared_lock lock(mutex_);
    const auto at = versions_.find(active_);
    return at == versions_.end() ? nullptr : at->second;
}

}  // namespace baton::app
