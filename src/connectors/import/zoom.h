// Zoom's attendee report of a webinar: several tables in one file, a row for each time somebody joined.
#pragma once

#include <string_view>

#include "base/result.h"
#include "connectors/import/input.h"

namespace baton::imports {

bool is_zoom_report(std::string_view first_bytes);
/// One table instead, a row for each attendee: joins counted, minutes added up; hosts and panelists are left out. Formats: what
/// `formats/zoom-webinar.yaml` reads. Code not_csv.
Result<Input> zoom_attendees(const Input& input);

}  // namespace baton::imports
