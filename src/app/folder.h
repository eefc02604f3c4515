// One journaled record folded into its subject: the same code live, on replay, as of a past moment and in a rebuild.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/function_ref.h"
#include "app/playbooks.h"
#include "base/result.h"
#include "codec/journal.h"
#include "codec/state.h"
#include "domain/engine/step.h"
#include "ports/store.h"

namespace baton::app {

/// The facts of a subject that stand in the journal before the one at hand, oldest first; asked only for a refold.
using Earlier = FunctionRef<Result<std::vector<Fact>>()>;
/// Hears what followed.
using Heard = FunctionRef<void(const engine::StepOutput&)>;

class Folder {
   public:
    explicit Folder(const Playbooks& playbooks) : playbooks_(&playbooks) {}

    /// An activation the person has not gone through, standing before `seq`; null = none. A person without any fact takes
    /// the newest at once.
    static const codec::LaneActivation* pending(const codec::PersonRow& row,
                                                std::span<const codec::LaneActivation> lane, Seq seq);

    /// Refolds the person under the activation's version as at max(its time, the person's).
    Status refold(codec::PersonRow& row, const codec::LaneActivation& activation, Lane lane, const Earlier& earlier,
                  const Heard& heard);

    /// What precedes a record at engine time `t` and place `seq`: every refold whose time has come.
    Status settle(codec::PersonRow& row, std::span<const codec::LaneActivation> lane, FactRef ref, Instant t,
                  const Earlier& earlier, const Heard& heard);

    /// Folds the fact. For a person settle() has been called.
    Status fold(codec::PersonRow& row, std::span<const codec::LaneActivation> lane, const codec::JournalRecord& record,
                const Earlier& earlier, const Heard& heard);
    Status fold(codec::AccountRow& row, std::span<const codec::LaneActivation> lane, const codec::JournalRecord& record,
                const Earlier& earlier, const Heard& heard);
    /// A lane's own records: users, activations. Answers false for one that says nothing.
    static bool fold(codec::CompanyRow& row, const codec::JournalRecord& record, ports::Position position);

    /// The name by these facts alone.
    static void name_anew(codec::PersonRow& row, std::span<const Fact> facts);

    engine::Counters counters;

   private:
    Status fold_joining(codec::PersonRow& row, const playbook::Compiled& playbook, const codec::JournalRecord& record,
                        const Earlier& earlier);
    Status fold_undone(codec::PersonRow& row, const playbook::Compiled& playbook, const codec::JournalRecord& record,
                       const Earlier& earlier);
    Result<std::shared_ptr<const playbook::Compiled>> version(std::uint32_t number) const;

    const Playbooks* playbooks_;
    engine::StepOutput output_;
};

/// Is this record of an account (else: of a person), by what it says.
bool of_account(const codec::JournalRecord& record);
/// Subjects below lane_count are the lanes' own.
constexpr bool of_lane(SubjectId subject) { return subject.value < lane_count; }

/// The activation record's properties, there and back.
Properties properties_of(const codec::LaneActivation& activation, bool announced);

/// The moment at which the scheduler looks at the person: the engine's, or that of a re-evaluation still to come.
Instant next_moment(SubjectId id, const codec::PersonRow& row, std::span<const codec::LaneActivation> lane);

}  // namespace baton::app
