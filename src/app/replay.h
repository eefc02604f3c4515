// Folding what is in the journal already: the pieces that opening after a crash and a rebuild have in common.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "app/derived.h"
#include "app/erasure.h"
#include "app/folder.h"
#include "app/subjects.h"
#include "base/result.h"
#include "codec/journal.h"
#include "ports/store.h"

namespace baton::app {

inline constexpr std::size_t chunk_records = 8'192;

/// The next records after a position, at most chunk_records of them; answers how many. What `into` holds is written over: its
/// room for payloads serves again.
Result<std::size_t> read_chunk(const ports::Reader& store, ports::Position after, std::vector<ports::Record>& into);

/// The records of a subject up to `last`, oldest first, without what was erased.
Result<std::vector<codec::JournalRecord>> records_of(const ports::Reader& store, SubjectId subject,
                                                     ports::Position last);
/// The facts of a subject up to its record `last`, oldest first.
Result<std::vector<Fact>> facts_of(const ports::Reader& store, SubjectId subject, ports::Position last);

std::vector<Fact> facts_in(std::vector<codec::JournalRecord> records);

/// The record folded as when it was taken in: first what an activation of the lane asks for, then the record itself.
Status fold_again(Folder& folder, const ports::Reader& store, Subject& subject,
                  std::span<const codec::LaneActivation> lane, const ports::Record& record,
                  const codec::JournalRecord& decoded, const Erasures& erased, Gathered& gathered);

}  // namespace baton::app
