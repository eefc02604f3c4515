// Facts as JSON lines: one fact a line, blank lines skipped, each mistake with its line. The shape: codec/fact_json.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "connectors/import/importer.h"
#include "connectors/import/input.h"

namespace baton::jsonl {

/// Reads to the end and takes the facts in the order of the file. A line that is no fact is counted and told; the rest
/// goes on. `options.times.at` is given to facts without a time; row and line of a problem are both the line's number.
/// `source` names the origin of facts that name none.
Result<imports::Report> run(const imports::Input& input, const std::string& source, const imports::RunOptions& options);

}  // namespace baton::jsonl
