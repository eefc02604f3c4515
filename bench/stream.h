// A stream of facts as they come in, for measuring: mostly page views and mail, few that decide anything.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codec/playbook_yaml.h"
#include "domain/engine/fact.h"
#include "domain/playbook/compiled.h"

namespace baton::bench {

inline double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

inline std::uint64_t next_random(std::uint64_t& state) {  // splitmix64
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

inline std::string typical_text() {
    std::ifstream file(std::string(BATON_SOURCE_DIR) + "/bench/typical.yaml");
    return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

inline std::shared_ptr<const playbook::Compiled> load() {
    const std::string text = typical_text();
    const auto source = codec::read_playbook(text, "typical.yaml");
    if (!source) {
        for (const auto& d : source.error()) std::fprintf(stderr, "%s\n", to_string(d, "typical.yaml").c_str());
        std::exit(1);
    }
    const auto result = playbook::compile(*source, 1);
    for (const auto& d : result.diagnostics) std::fprintf(stderr, "%s\n", to_string(d, "typical.yaml").c_str());
    if (!result.playbook) std::exit(1);
    return result.playbook;
}

inline Fact behaviour(std::string type, std::string name = {}, std::string value = {}) {
    Fact fact;
    fact.kind = kind_of(type);
    fact.type = std::move(type);
    if (!name.empty()) fact.properties.push_back({std::move(name), Value(std::move(value))});
    return fact;
}

inline Fact profile(std::int64_t employees, const char* industry, const char* title) {
    Fact fact;
    fact.kind = FactKind::profile;
    fact.type = "profile";
    fact.properties = {{"employees", Value(employees)}, {"industry", Value(industry)}, {"title", Value(title)}};
    return fact;
}

/// What comes in, by weight: mostly page views and mail, few that decide anything.
struct Kind {
    Fact fact;
    unsigned weight;
};

inline std::vector<Kind> kinds() {
    return {{behaviour("Page Viewed", "path", "/blog/what-is-a-lead"), 330},
            {behaviour("Page Viewed", "path", "/product/overview"), 130},
            {behaviour("Page Viewed", "path", "/pricing"), 50},
            {behaviour("Email Opened"), 180},
            {behaviour("Email Clicked"), 90},
            {behaviour("Asset Downloaded", "asset", "guide"), 40},
            {behaviour("Form Submitted", "form", "newsletter"), 30},
            {behaviour("Webinar Attended"), 15},
            {behaviour("Demo Requested"), 10},
            {profile(450, "software", "VP Sales"), 30},
            {profile(30, "farming", "Student"), 30},
            {behaviour("Agreed To Engage"), 5},
            {behaviour("Deal Won"), 2},
            {behaviour("Deal Lost"), 3},
            {behaviour("Something Else"), 55}};
}

template <class Kinds>
auto& draw(Kinds& all, std::uint64_t random) {
    std::uint64_t at = random % 1000;
    for (auto& kind : all) {
        if (at < kind.weight) return kind.fact;
        at -= kind.weight;
    }
    return all.front().fact;
}

}  // namespace baton::bench
