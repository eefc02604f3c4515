// The cast of the demonstration company: its customers' firms and people, and its own staff. All a function of the seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace baton::demo {

struct Firm {
    std::string name, domain, industry, country;
    int employees = 0;
};

/// How much somebody means it; decides how often and how deep they look.
enum class Temper : std::uint8_t { passing, curious, interested, buying };

struct Person {
    std::string first, last, email, phone, title, origin, landing_page;
    int firm = -1;  ///< index; -1: none known
    Temper temper = Temper::passing;
    int quality = 0;  ///< 0 … 99: what sales will find on a closer look
};

struct Colleague {
    std::string id, name, role;
};

struct Cast {
    std::vector<Firm> firms;
    std::vector<Person> people;
    std::vector<Colleague> staff;
};
Cast make_cast(std::uint64_t seed, std::int64_t people);

}  // namespace baton::demo
