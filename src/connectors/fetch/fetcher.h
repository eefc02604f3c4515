// The network behind ports/fetcher.h, by libcurl.
#pragma once

#include <chrono>
#include <memory>

#include "ports/fetcher.h"

namespace baton::fetch {

struct Patience {
    std::chrono::milliseconds to_connect{5'000};
    std::chrono::milliseconds in_all{15'000};
};

/// No proxy of the environment is asked, no cookie kept, no name or password read from a file.
std::unique_ptr<ports::Fetcher> make_fetcher(Patience patience = {});

}  // namespace baton::fetch
