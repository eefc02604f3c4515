// GoToWebinar's attendee report: several tables in one file, times with the abbreviation of a zone.
#pragma once

#include <string_view>

#include "base/result.h"
#include "connectors/import/input.h"

namespace baton::imports {

bool is_gotowebinar_report(std::string_view first_bytes);
/// One table instead, a row for each person: joins counted, minutes added up; staff left out; times with their offset. A zone that is
/// not known is noted at its cell and taken as UTC. What `formats/gotowebinar.yaml` reads. Code not_csv.
Result<Input> gotowebinar_attendees(const Input& input);

}  // namespace baton::imports
