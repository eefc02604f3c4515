// Versions of the playbook, compiled once and shared: the ledger writes, everybody reads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>

#include "base/result.h"
#include "codec/state.h"
#include "domain/playbook/compiled.h"
#include "ports/store.h"

namespace baton::app {

using Compile = std::function<Result<std::shared_ptr<const playbook::Compiled>>(const ports::StoredPlaybook&)>;

/// Text → runnable by codec/playbook_yaml and domain/playbook. Code not_runnable; the detail lists every mistake.
Result<std::shared_ptr<const playbook::Compiled>> compile_yaml(const ports::StoredPlaybook& stored);

class Playbooks {
   public:
    explicit Playbooks(Compile compile);

    /// Compiles what the store holds and is not known yet. A version that no longer compiles is an error when asked for.
    Status load(const ports::Reader& store);
    Result<std::shared_ptr<const playbook::Compiled>> compile(const ports::StoredPlaybook& stored) const;
    void add(std::uint32_t version, std::shared_ptr<const playbook::Compiled> playbook);
    void set_active(std::uint32_t version);

    std::shared_ptr<const playbook::Compiled> get(std::uint32_t version) const;  ///< null = not there
    /// As above; one that another process stored is read and compiled.
    std::shared_ptr<const playbook::Compiled> get(std::uint32_t version, const ports::Reader& store);
    std::shared_ptr<const playbook::Compiled> active() const;  ///< null = none yet
    /// The version a person stands under; of one without any fact the active one.
    std::shared_ptr<const playbook::Compiled> of(const codec::PersonRow& row) const {
        return row.state.version == 0 ? active() : get(row.state.version);
    }

   private:
    Compile compile_;
    mutable std::shared_mutex mutex_;
    std::map<std::uint32_t, std::shared_ptr<const playbook::Compiled>> versions_;
    std::uint32_t active_ = 0;
};

}  // namespace baton::app
