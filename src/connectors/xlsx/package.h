// The parts of a zipped workbook, read with bounds: what says it is small and inflates without end is refused.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "connectors/import/input.h"

namespace baton::xlsx {

struct Limits {
    std::uint64_t entries = 10'000;
    std::uint64_t inflated = std::uint64_t{2} << 30;  ///< of all parts read
    std::uint64_t ratio = 400;                        ///< inflated to packed, from `judged` on
    std::uint64_t judged = std::uint64_t{64} << 20;
};

/// Takes a piece of a part; false = enough.
using Take = std::function<Result<bool>(std::string_view piece)>;

class Package {
   public:
    virtual ~Package() = default;
    /// Reads a part in pieces; answers false when there is none of that name.
    virtual Result<bool> read(const std::string& name, const Take& take) = 0;
};

/// Code not_xlsx: it is no archive, too much comes out of it, or it is damaged. `input` outlives it.
Result<std::unique_ptr<Package>> open_zip(const imports::Input& input, const Limits& limits = {});

}  // namespace baton::xlsx
