#include "connectors/demo/people.h"

#include <array>
#include <string_view>

#include "connectors/demo/random.h"

namespace baton::demo {
namespace {

constexpr std::array<std::string_view, 48> first_names{
    "Anna",  "Ben",   "Carla", "David", "Elif",   "Felix",  "Grace", "Hugo",  "Ines",   "Jonas", "Katja", "Liam",
    "Marta", "Noah",  "Olga",  "Paul",  "Rosa",   "Samir",  "Tessa", "Umar",  "Vera",   "Wim",   "Yara",  "Zoe",
    "Aiko",  "Bruno", "Chen",  "Dagny", "Emil",   "Fatima", "Georg", "Hanna", "Ivan",   "Julia", "Kofi",  "Lena",
    "Milan", "Nadia", "Oscar", "Priya", "Rafael", "Sofia",  "Tomas", "Ulla",  "Viktor", "Wanda", "Yusuf", "Zlata"};
constexpr std::array<std::string_view, 48> last_names{
    "Berg",   "Costa",  "Dahl",   "Evans",  "Fischer", "Garcia", "Huber",  "Ito",    "Jansen", "Kowalski",
    "Lindt",  "Moreau", "Nowak",  "Olsen",  "Peters",  "Quinn",  "Rossi",  "Silva",  "Tanaka", "Urban",
    "Vogel",  "Weber",  "Xu",     "Yilmaz", "Zeman",   "Arnold", "Brandt", "Clarke", "Dubois", "Engel",
    "Farkas", "Greco",  "Hansen", "Ivanov", "Jung",    "Keller", "Larsen", "Meyer",  "Novak",  "Okafor",
    "Popov",  "Roth",   "Sharma", "Torres", "Unger",   "Vidal",  "Wolf",   "Zhang"};
constexpr std::array<std::string_view, 32> firm_words{
    "Alder",  "Birch", "Cedar", "Delta",  "Elm",    "Falcon", "Granit", "Harbor", "Iris",  "Juniper", "Kestrel",
    "Lumen",  "Maple", "North", "Orion",  "Pine",   "Quarz",  "River",  "Stern",  "Tidal", "Umbra",   "Vista",
    "Willow", "Zenit", "Atlas", "Boreal", "Cobalt", "Dune",   "Ember",  "Fjord",  "Glen",  "Heron"};
constexpr std::array<std::string_view, 12> firm_trades{"Works", "Logistics", "Systems", "Foods", "Textiles", "Energy",
                                                       "Tools", "Medical",   "Retail",  "Bank",  "Print",    "Motors"};
constexpr std::array<std::string_view, 8> industries{"manufacturing",      "logistics",  "software",  "retail",
                                                     "financial services", "healthcare", "education", "energy"};
constexpr std::array<std::string_view, 8> countries{"DE", "FR", "GB", "NL", "PL", "IT", "ES", "SE"};
constexpr std::array<std::string_view, 7> origins{"organic search", "paid search", "referral", "event",
                                                  "social",         "newsletter",  "partner"};
constexpr std::array<int, 7> origin_weights{34, 18, 10, 8, 14, 10, 6};
constexpr std::array<std::string_view, 6> landing_pages{"/",         "/product/planning", "/guides/forecasting",
                                                        "/webinars", "/pricing",          "/customers"};
constexpr std::array<std::string_view, 18> titles{"CEO",
                                                  "CFO",
                                                  "COO",
                                                  "Head of Operations",
                                                  "Head of IT",
                                                  "VP Supply Chain",
                                                  "Director Finance",
                                                  "Operations Manager",
                                                  "IT Manager",
                                                  "Project Manager",
                                                  "Controller",
                                                  "Buyer",
                                                  "Planner",
                                                  "Analyst",
                                                  "Consultant",
                                                  "Assistant",
                                                  "Student",
                                                  "Intern"};
constexpr std::array<int, 18> title_weights{5, 5, 5, 8, 6, 4, 5, 12, 9, 8, 8, 7, 8, 9, 4, 4, 4, 2};

std::string lower_word(std::string_view text) {
    std::string out;
    for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

int employees(Random& random) {
    constexpr std::array<int, 6> weights{14, 26, 26, 18, 11, 5};
    constexpr std::array<int, 7> bounds{2, 10, 50, 200, 1'000, 5'000, 20'000};
    const std::size_t band = random.weighted(weights);
    return static_cast<int>(random.between(bounds[band], bounds[band + 1] - 1));
}

Firm make_firm(std::uint64_t seed, std::size_t number) {
    Random random({seed, 1, number});
    const std::string_view word = firm_words[number % firm_words.size()];
    const std::string_view trade = firm_trades[number / firm_words.size() % firm_trades.size()];
    const std::size_t round = number / (firm_words.size() * firm_trades.size());
    const std::string suffix = round == 0 ? "" : std::to_string(round + 1);
    Firm firm;
    firm.name = std::string(word) + " " + std::string(trade) + (suffix.empty() ? "" : " " + suffix);
    firm.domain = lower_word(word) + "-" + lower_word(trade) + suffix + ".example";
    firm.industry = random.pick(industries);
    firm.country = random.pick(countries);
    firm.employees = employees(random);
    return firm;
}

std::string phone_number(Random& random) {
    std::string digits = "+4930";
    for (int i = 0; i < 7; ++i) digits += static_cast<char>('0' + random.below(10));
    return digits;
}

int firm_of(Random& random, std::size_t firms) {
    if (random.chance(22) || firms == 0) return -1;
    // Some firms send many people, most one or two.
    const std::uint64_t a = random.below(firms);
    const std::uint64_t b = random.below(firms);
    return static_cast<int>(random.chance(50) ? a : a * b / firms);
}

Person make_person(std::uint64_t seed, std::size_t number, const std::vector<Firm>& firms) {
    Random random({seed, 2, number});
    Person person;
    person.first = random.pick(first_names);
    person.last = random.pick(last_names);
    person.firm = firm_of(random, firms.size());
    const std::string host = person.firm < 0 ? "mail.example" : firms[static_cast<std::size_t>(person.firm)].domain;
    person.email = lower_word(person.first) + "." + lower_word(person.last) + std::to_string(number) + "@" + host;
    if (random.chance(35)) person.phone = phone_number(random);
    person.title = titles[random.weighted(title_weights)];
    person.origin = origins[random.weighted(origin_weights)];
    person.landing_page = random.pick(landing_pages);
    constexpr std::array<int, 4> tempers{46, 30, 15, 9};
    person.temper = static_cast<Temper>(random.weighted(tempers));
    person.quality = static_cast<int>((random.below(100) + random.below(100)) / 2);
    return person;
}

}  // namespace

Cast make_cast(std::uint64_t seed, std::int64_t people) {
    Cast cast;
    const auto count = static_cast<std::size_t>(people);
    for (std::size_t i = 0; i < count / 4 + 1; ++i) cast.firms.push_back(make_firm(seed, i));
    for (std::size_t i = 0; i < count; ++i) cast.people.push_back(make_person(seed, i, cast.firms));
    cast.staff = {{"nina.hoffmann", "Nina Hoffmann", "marketing"}, {"omar.haddad", "Omar Haddad", "marketing"},
                  {"sara.lind", "Sara Lind", "inside_sales"},      {"pedro.alves", "Pedro Alves", "inside_sales"},
                  {"mia.krause", "Mia Krause", "sales_rep"},       {"jan.visser", "Jan Visser", "sales_rep"},
                  {"lucia.ferri", "Lucia Ferri", "sales_rep"},     {"tom.baker", "Tom Baker", "sales_rep"},
                  {"eva.novotna", "Eva Novotna", "sales_manager"}, {"ruth.adler", "Ruth Adler", "customer_success"}};
    return cast;
}

}  // namespace baton::demo
