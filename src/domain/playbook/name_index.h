// Names to their positions, by hash: a step looks up a name or two for every fact. Only asked, never gone through, so the
// order inside decides nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::playbook {

class NameIndex {
   public:
    NameIndex() = default;
    /// At most 65,535 names; of equal ones the first counts.
    explicit NameIndex(std::vector<std::string> names) : names_(std::move(names)) {
        std::size_t size = 8;
        while (size < names_.size() * 2) size *= 2;
        slots_.resize(size);
        for (std::size_t i = 0; i < names_.size(); ++i) {
            std::uint16_t& slot = slots_[slot_of(names_[i])];
            if (slot == 0) slot = static_cast<std::uint16_t>(i + 1);
        }
    }

    /// Nothing before it was built.
    bool built() const { return !slots_.empty(); }
    std::optional<std::uint16_t> find(std::string_view name) const {
        const std::uint16_t found = slots_[slot_of(name)];
        if (found == 0) return std::nullopt;
        return static_cast<std::uint16_t>(found - 1);
    }

   private:
    /// Length, beginning and end tell names of one playbook apart well enough.
    static std::size_t hash(std::string_view name) {
        std::uint64_t head = 0;
        std::uint64_t tail = 0;
        if (name.size() >= sizeof head) {
            std::memcpy(&head, name.data(), sizeof head);
            std::memcpy(&tail, name.data() + name.size() - sizeof tail, sizeof tail);
        } else {
            for (const char c : name) head = head << 8 | static_cast<unsigned char>(c);
        }
        const std::uint64_t mixed = (head ^ (tail << 23 | tail >> 41) ^ name.size()) * 0x9E3779B97F4A7C15U;
        return static_cast<std::size_t>(mixed >> 32);
    }

    /// Where the name stands, or the free place where it would.
    std::size_t slot_of(std::string_view name) const {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = hash(name) & mask;
        while (slots_[at] != 0 && names_[slots_[at] - 1U] != name) at = (at + 1) & mask;
        return at;
    }

    std::vector<std::string> names_;
    std::vector<std::uint16_t> slots_;  ///< position + 1; 0 = free. A power of two, at most half full
};

}  // namespace baton::playbook
