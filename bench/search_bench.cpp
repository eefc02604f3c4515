// Finding people by text: what it costs to keep the index, how large it is, how long a search takes, in a list of many.
//   search_bench [PEOPLE] [STORE]      default 1,000,000 people in a new file below the temporary folder
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "feed.h"
#include "storage/open.h"

namespace {

using namespace baton;
using namespace baton::bench;
using Wall = std::chrono::steady_clock;

constexpr std::uint64_t rows_at_once = 5000;

/// Made of syllables, so that there are some 30,000 surnames, few of them frequent.
std::string word(std::uint64_t n, std::size_t syllables) {
    static const char* parts[] = {"an",  "ber", "co", "da",  "el",  "fi",  "gar", "ho",  "is",  "ju",  "kel",
                                  "lo",  "mül", "na", "or",  "pe",  "qui", "ro",  "sta", "ti",  "ul",  "ve",
                                  "wer", "xa",  "yo", "zel", "bri", "cho", "dor", "gru", "len", "mann"};
    std::string out;
    for (std::size_t i = 0; i < syllables; ++i, n /= 32) out += parts[n % 32];
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

/// The smaller of two draws: low numbers are frequent, as some names are.
std::uint64_t skewed(std::uint64_t& seed, std::uint64_t of) {
    return std::min({next_random(seed) % of, next_random(seed) % of, next_random(seed) % of});
}

std::string ascii(std::string text) {
    for (std::size_t at = text.find("ü"); at != std::string::npos; at = text.find("ü")) text.replace(at, 2, "ue");
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

ports::LeadRow person(std::uint64_t n) {
    std::uint64_t seed = n * 7919;
    const std::string given = word(skewed(seed, 1000), 2), family = word(skewed(seed, 32768), 3);
    const std::string company = ascii(word(skewed(seed, 60'000), 3));
    ports::LeadRow row;
    row.person = SubjectId{(n / lane_count + 1) * lane_count + n % lane_count};
    row.name = given + " " + family;
    row.email = ascii(given) + "." + ascii(family) + std::to_string(n % 100) + "@" + company + ".example";
    row.account = company + ".example";
    row.stage = n % 4 == 0 ? "qualified" : "lead";
    row.open = n % 10 == 0;
    row.is_lead = true;
    row.score_micros = static_cast<std::int64_t>(next_random(seed) % 100) * 1'000'000;
    row.updated_at = {static_cast<std::int64_t>(next_random(seed) % 1'000'000'000)};
    row.stage_entered_at = row.updated_at;
    return row;
}

template <class Change>
void write_all(ports::Store& store, std::uint64_t people, const char* what, Change change) {
    const Wall::time_point start = Wall::now();
    const double processor = cpu_seconds();
    ports::Derived batch;
    for (std::uint64_t n = 0; n < people; ++n) {
        batch.states.push_back({SubjectId{n + lane_count}, 0, Instant::never(), "", person(n)});
        batch.states.back().subject = batch.states.back().lead->person;
        change(*batch.states.back().lead);
        if (batch.states.size() < rows_at_once && n + 1 < people) continue;
        must(store.write_derived(batch));
        batch.states.clear();
    }
    const double wall = seconds_since(start);
    const double used = cpu_seconds() - processor;
    const auto count = static_cast<double>(people);
    std::printf("%-34s%9.0f people/s, %5.1f us of processor a person\n", what, count / wall, used / count * 1e6);
}

void search(const ports::Reader& reader, const char* what, const ports::LeadQuery& query) {
    std::vector<double> times;
    std::size_t rows = 0;
    for (int round = 0; round < 21; ++round) {
        const Wall::time_point start = Wall::now();
        rows = must(reader.leads(query)).size();
        times.push_back(seconds_since(start) * 1e3);
    }
    std::ranges::sort(times);
    std::printf("%-34s%8.1f ms (worst %.1f), %zu rows of a page of %zu\n", what, times[10], times.back(), rows,
                query.limit);
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t people = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const auto folder = std::filesystem::temp_directory_path() / "baton-search-bench";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const std::string url = argc > 2 ? argv[2] : (folder / "store.db").string();
    {
        const auto store = must(storage::open_store(url));
        write_all(*store, people, "new people", [](ports::LeadRow&) {});
        write_all(*store, people, "another fact each, same names", [](ports::LeadRow& row) { row.updated_at.us += 7; });
        write_all(*store, people / 10, "every tenth renamed", [](ports::LeadRow& row) { row.name += " Neu"; });
    }
    const auto store = must(storage::open_store(url));
    const auto reader = must(store->reader());
    const ports::LeadRow somebody = person(people / 2);
    const std::string family = somebody.name.substr(somebody.name.rfind(' ') + 1);
    search(*reader, "no text", {});
    search(*reader, "an e-mail address", {.text = somebody.email});
    search(*reader, "a family name", {.text = family});
    search(*reader, "its first four letters", {.text = family.substr(0, 4)});
    search(*reader, "its first two, by score", {.text = family.substr(0, 2), .sort = ports::LeadQuery::Sort::score});
    search(*reader, "a company", {.text = somebody.account});
    search(*reader, "given and family name", {.text = somebody.name});
    search(*reader, "what everybody has", {.text = "example"});
    search(*reader, "what nobody has", {.text = "zzzyyyxxx"});
    search(*reader, "two frequent parts, seldom at once", {.text = "mann xaxa"});
    search(*reader, "a family name, open leads", {.open = true, .text = family});
    const auto start = Wall::now();
    const auto damages = must(store->verify());
    std::printf("%-34s%8.1f s, %zu findings\n", "verify", seconds_since(start), damages.size());
    return 0;
}
