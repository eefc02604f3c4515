// The JSON of API and command line (`--json`): one shape each, written here once. docs/openapi.yaml describes them.
#pragma once

#include <string>

#include "app/ledger.h"
#include "app/reads.h"
#include "codec/json_writer.h"

namespace baton::app {

/// {"playbook","version","stages":[{"id","name","entered","leads","inside","left"}],"arrows":[…],"offers":[…],"by":{…}}
void write(codec::JsonWriter& out, const Funnel& funnel);
/// One row of the list of leads.
void write(codec::JsonWriter& out, const ports::LeadRow& row);
/// {"id","keys","name",…,"stage","scores","classes","attributes",…}
void write(codec::JsonWriter& out, const PersonView& person);
/// The person apart from the lead: {"id","keys","name",…,"registers","attributes","merged_into","absorbed"}
void write_person(codec::JsonWriter& out, const PersonView& person);
/// {"id","key","attributes","counts"}
void write(codec::JsonWriter& out, const AccountView& account);
void write(codec::JsonWriter& out, const ListedAccount& account);
/// [{"at","kind":"fact"|…,"text",…}] oldest first; `reads` has the versions that the sentences are worded by.
void write(codec::JsonWriter& out, const Timeline& timeline, const Reads& reads);
/// Clause texts only with `expressions`.
void write(codec::JsonWriter& out, const engine::Why& why, const PersonView& person, bool expressions);
/// `playbook`: the record's version, for the words; may be null.
void write(codec::JsonWriter& out, const engine::HistoryRecord& record, const playbook::Compiled* playbook);
void write(codec::JsonWriter& out, const User& user);
/// {"accepted","duplicates","refused":[{"index","code","detail"}]}
void write(codec::JsonWriter& out, const Receipt& receipt);

/// Any of the above as text.
template <class... Parts>
std::string document(const Parts&... parts) {
    codec::JsonWriter out;
    write(out, parts...);
    return out.take();
}

}  // namespace baton::app
