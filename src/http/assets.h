// Static files of the page.
#pragma once

#include <string_view>

namespace baton::http {

/// The text of an embedded file by its path in the repository; "" when there is none.
std::string_view asset(std::string_view path);
/// By the ending of its name.
std::string_view content_type_of(std::string_view path);

}  // namespace baton::http
