// A mapping for a file whose header no format knows, from what its columns are usually called.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "connectors/import/mapping.h"

namespace baton::imports {

/// Stands for the guess where a mapping is named: `--mapping guess`.
const Mapping& guess();
/// E-mail, phone, name, company and the like by the columns' names, whatever their case and spelling; who has opted out has opted out.
/// Ids are no keys, since nobody says whose they are, and times none, since nobody says how they are written: they are kept as properties of
/// their own name, like all other columns. None without a column of e-mails or phones.
std::optional<Mapping> guessed(std::span<const std::string> header);

}  // namespace baton::imports
