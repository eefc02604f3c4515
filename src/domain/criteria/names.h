// Names against declarations: what exists, what was probably meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/criteria.h"

namespace baton::criteria {

/// Position of `name`, nothing when it is not there.
std::optional<std::uint16_t> position_of(const std::vector<std::string>& names, std::string_view name);
std::optional<std::uint16_t> position_of(const std::vector<DeclaredProperty>& properties, std::string_view id);
std::vector<std::string> ids_of(const std::vector<DeclaredProperty>& properties);

/// The nearest of `names` by edits (insert, delete, replace, swap), ignoring case; nothing when none is near.
std::optional<std::string> nearest(const std::vector<std::string>& names, std::string_view name);
/// "did you mean person.employees?", else "there are a, b, c", else `otherwise`. Names are shown behind `prefix`.
std::string suggestion(const std::vector<std::string>& names, std::string_view name, std::string_view prefix,
                       std::string_view otherwise = {});

/// "time_frame" → "time frame".
std::string humanised(std::string_view id);
/// The word for people at `index`, else the id made readable.
std::string label_at(const std::vector<std::string>& labels, const std::vector<std::string>& ids, std::size_t index);
std::string label_of(const DeclaredProperty&);

}  // namespace baton::criteria
