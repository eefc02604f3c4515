// Passwords of 12 bytes and more among the 30,000 most used. Source: the frequency list of zxcvbn 4.4.2 (Dropbox, MIT), counted there
// from published leaks.
#pragma once

#include <string_view>

namespace baton::app {

bool is_common_password(std::string_view lower_case);

}  // namespace baton::app
