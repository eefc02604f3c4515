// How many random cases each property tries: 500 × BATON_SCALE, unless RC_PARAMS says otherwise.
#include <algorithm>
#include <cstdlib>
#include <string>

namespace {

[[maybe_unused]] const bool scaled = [] {
    const char* scale = std::getenv("BATON_SCALE");
    const long cases = 500 * (scale ? std::max(1L, std::atol(scale)) : 1L);
    return setenv("RC_PARAMS", ("max_success=" + std::to_string(cases)).c_str(), 0) == 0;
}();

}  // namespace
