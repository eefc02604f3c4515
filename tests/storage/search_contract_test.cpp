// Finding people by text: the same people in the same order on every store, whatever is typed.
#include <algorithm>
#include <random>

#include "storage/contract.h"
#include "storage/search_text.h"
#include "support/faults.h"

namespace baton {
namespace {

using ports::LeadQuery;
using ports::LeadRow;
using support::subject_in;

std::int64_t key(const LeadRow& row, LeadQuery::Sort sort) {
    if (sort == LeadQuery::Sort::score) return row.score_micros;
    return sort == LeadQuery::Sort::entered ? row.stage_entered_at.us : row.updated_at.us;
}

class Search : public StoreContract {
   protected:
    LeadRow& add(std::string name, std::string email = "", std::string account = "") {
        const std::uint64_t n = all_.size() + 1;
        LeadRow row;
        row.person = subject_in(static_cast<std::uint16_t>(n % 64), n);
        row.updated_at = {static_cast<std::int64_t>(n)};
        row.name = std::move(name);
        row.email = std::move(email);
        row.account = std::move(account);
        return all_.emplace_back(std::move(row));
    }
    void write() {
        ports::Derived batch;
        for (const LeadRow& row : all_) batch.states.push_back({row.person, 0, Instant::never(), "", row});
        ASSERT_TRUE(store_->write_derived(batch));
    }

    /// The whole list, page by page.
    std::vector<LeadRow> pages(LeadQuery query, std::size_t size) {
        std::vector<LeadRow> found;
        query.limit = size;
        for (;;) {
            const auto page = store_->leads(query);
            if (!page) ADD_FAILURE() << page.error().detail;
            if (!page) return found;
            found.insert(found.end(), page->begin(), page->end());
            if (page->size() < size) return found;
            query.after_key = key(page->back(), query.sort);
            query.after_person = page->back().person;
        }
    }
    /// Names, in the order in which the people were added.
    std::string found(const std::string& text) {
        LeadQuery query;
        query.text = text;
        std::vector<LeadRow> rows = pages(query, 3);
        std::ranges::sort(rows, {}, [](const LeadRow& row) { return row.updated_at; });
        std::string names;
        for (const LeadRow& row : rows) names += (names.empty() ? "" : ", ") + row.name;
        return names;
    }
    std::string refusal(const std::string& text) {
        LeadQuery query;
        query.text = text;
        return code_of(store_->leads(query));
    }

    std::vector<LeadRow> all_;
};

struct Case {
    const char* text;
    const char* names;
};

void cast(const std::function<void(const char*, const char*, const char*)>& add) {
    add("Anna Müller", "anna.mueller@example.com", "example.com");
    add("Bo Mu\u0308llerin", "bo@acme.example", "acme");  // the umlaut as two characters
    add("JOSÉ O'Brien", "jose@obrien.example", "o\"brien & sons");
    add("100% Zorro_50\\", "z*@x.example", "NOT (a OR b)");
    add("Ανδρέας Στεφάνου", "andreas@example.gr", "");
    add("Жанна Кройц", "kroitz@example.ru", "");
    add("王伟", "wang@example.cn", "");
    add("Straße\tﬁne", "", "");
    add("", "nobody@nowhere.example", "");
}

TEST_P(Search, what_is_typed_finds_whom) {
    cast([&](const char* name, const char* email, const char* account) { add(name, email, account); });
    write();
    reopen();
    const std::vector<Case> cases = {
        {"anna", "Anna Müller"},
        {"ANNA", "Anna Müller"},
        {"nn", ""},                               // two characters: only where a word begins
        {"an", "Anna Müller, Ανδρέας Στεφάνου"},  // Anna, andreas@
        {"a", "Anna Müller, Bo Mu\u0308llerin, Ανδρέας Στεφάνου"},
        {"nna", "Anna Müller"},  // three: anywhere
        {"muller", "Anna Müller, Bo Mu\u0308llerin"},
        {"MÜLLER", "Anna Müller, Bo Mu\u0308llerin"},
        {"mu\u0308ller", "Anna Müller, Bo Mu\u0308llerin"},
        {"mueller", "Anna Müller"},  // the address; an umlaut is not two letters
        {"mü an", "Anna Müller"},
        {"müller acme", "Bo Mu\u0308llerin"},
        {"acme müller", "Bo Mu\u0308llerin"},
        {"müller nobody", ""},
        {"r@ex", "Anna Müller"},
        {"jose", "JOSÉ O'Brien"},
        {"o'b", "JOSÉ O'Brien"},
        {"o'", "JOSÉ O'Brien"},
        {"o\"", "JOSÉ O'Brien"},
        {"\"", ""},
        {"&", "JOSÉ O'Brien"},
        {"100%", "100% Zorro_50\\"},
        {"%", ""},
        {"10%", ""},
        {"o_50", "100% Zorro_50\\"},
        {"o_5_", ""},
        {"50\\", "100% Zorro_50\\"},
        {"z*", "100% Zorro_50\\"},
        {"zor*", ""},
        {"(a or b)", "100% Zorro_50\\"},
        {"not", "100% Zorro_50\\"},
        {"anna OR bo", ""},
        {"name:anna", ""},
        {"ΑΝΔΡΕΑΣ", "Ανδρέας Στεφάνου"},
        {"στεφανου", "Ανδρέας Στεφάνου"},
        {"ανδρέας", "Ανδρέας Στεφάνου"},  // the final sigma is a sigma
        {"ЖАННА", "Жанна Кройц"},
        {"кроиц", "Жанна Кройц"},
        {"王", "王伟"},
        {"王伟", "王伟"},
        {"伟", ""},
        {"STRASSE", "Straße\tﬁne"},
        {"fine", "Straße\tﬁne"},
        {"raße\u00a0fi", "Straße\tﬁne"},  // any white space parts words
        {"nowhere", ""},
        {"  nobody  ", ""},
        {"aaa", ""},
    };
    for (const Case& one : cases) EXPECT_EQ(found(one.text), one.names) << "searching for <" << one.text << ">";
    EXPECT_EQ(pages({.text = "nobody nowhere"}, 5).size(), 1U);
    EXPECT_EQ(pages({.text = " \t\u0301 "}, 5).size(), 9U) << "no words: everybody";
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(Search, what_cannot_be_searched_for_is_said) {
    add("Anna");
    write();
    EXPECT_EQ(refusal(std::string(256, 'x')), "ok");
    EXPECT_EQ(refusal(std::string(257, 'x')), "bad_search");
    EXPECT_EQ(refusal("a b c d e f g h"), "ok");
    EXPECT_EQ(refusal("a b c d e f g h h"), "ok") << "a word said twice is one";
    EXPECT_EQ(refusal("a b c d e f g h i"), "bad_search");
    EXPECT_EQ(refusal(std::string("an\0na", 5)), "bad_search");
    EXPECT_EQ(refusal("\xff\xfe\xfd"), "bad_search");
    EXPECT_EQ(refusal("anna\xc3"), "bad_search");
}

TEST_P(Search, who_is_called_otherwise_now_is_found_by_that) {
    add("Anna Alt", "anna@old.example", "old");
    add("Anna Alt", "anna2@old.example", "old");
    write();
    all_[0].name = "Anna Neu";
    all_[0].account = "new";
    write();
    EXPECT_EQ(found("alt"), "Anna Alt");
    EXPECT_EQ(found("neu"), "Anna Neu");
    EXPECT_EQ(found("old.example"), "Anna Neu, Anna Alt");
    all_[0].stage = "won";
    all_[0].score_micros = 7;
    write();
    EXPECT_EQ(found("neu"), "Anna Neu");
    all_[1].name = all_[1].email = all_[1].account = "";
    write();
    reopen();
    EXPECT_EQ(found("alt"), "");
    EXPECT_EQ(damages(*store_), "");
    ASSERT_TRUE(store_->clear_derived());
    EXPECT_EQ(found("neu"), "");
    EXPECT_EQ(damages(*store_), "");
    write();
    EXPECT_EQ(found("neu"), "Anna Neu");
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(Search, a_person_several_times_in_one_batch_is_the_last_one) {
    add("Anna One");
    ports::Derived batch;
    for (const char* name : {"Anna Two", "Anna Three", "Anna Four"}) {
        all_[0].name = name;
        batch.states.push_back({all_[0].person, 0, Instant::never(), "", all_[0]});
    }
    ASSERT_TRUE(store_->write_derived(batch));
    EXPECT_EQ(found("anna"), "Anna Four");
    EXPECT_EQ(found("three"), "");
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(Search, odd_bytes_in_a_name_do_no_harm) {
    if (is_postgres()) GTEST_SKIP() << "PostgreSQL takes no such text; intake refuses it before";
    add(std::string("Anna\0Zero", 9));
    add("Bad \xff\xc3 Bytes");
    add(std::string(5000, 'x') + " Long");
    write();
    EXPECT_EQ(found("zero"), all_[0].name);
    EXPECT_EQ(found("bytes"), all_[1].name);
    EXPECT_EQ(found("long"), all_[2].name);
    EXPECT_EQ(damages(*store_), "");
}

// ---- many people: the list's first rows and the index must say the same -------------------------------------------

/// One character as somebody may write it, and as it is compared. `gap`: parts words.
struct Letter {
    const char* written;
    const char* folded;
    bool gap = false;
};
constexpr Letter letters[] = {
    {"a", "a"},  {"A", "a"},   {"á", "a"}, {"a\u0301", "a"}, {"b", "b"},       {"B", "b"},        {"ß", "ss"},
    {"ﬁ", "fi"}, {"Ж", "ж"},   {"й", "и"}, {"Σ", "σ"},       {"ς", "σ"},       {"王", "王"},      {"%", "%"},
    {"_", "_"},  {"\"", "\""}, {"'", "'"}, {"*", "*"},       {"\\", "\\"},     {"-", "-"},        {"(", "("},
    {"@", "@"},  {".", "."},   {"Ø", "ø"}, {"İ", "i"},       {" ", " ", true}, {"\t", " ", true}, {"\u2003", " ", true},
    {"a", "a"},  {"b", "b"},   {"c", "c"}, {" ", " ", true},
};

struct Text {
    std::string written;
    std::vector<std::string> words;  ///< folded
};

Text random_text(std::mt19937_64& random, std::size_t longest) {
    Text text;
    bool within = false;
    for (std::size_t left = random() % (longest + 1); left > 0; --left) {
        const Letter& letter = letters[random() % std::size(letters)];
        text.written += letter.written;
        if (!letter.gap && !within) text.words.emplace_back();
        if (!letter.gap) text.words.back() += letter.folded;
        within = !letter.gap;
    }
    return text;
}

std::size_t length(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct Person {
    LeadRow row;
    std::vector<std::string> words;
};

/// The definition, word for word.
bool is_meant(const Person& person, const Text& query) {
    return std::ranges::all_of(query.words, [&](const std::string& wanted) {
        return std::ranges::any_of(person.words, [&](const std::string& word) {
            return length(wanted) < 3 ? word.starts_with(wanted) : word.find(wanted) != std::string::npos;
        });
    });
}

class ManyPeople : public Search {
   protected:
    void fill(std::mt19937_64& random, std::size_t people) {
        for (std::size_t i = 0; i < people; ++i) {
            const Text name = random_text(random, 12), email = random_text(random, 8), account = random_text(random, 3);
            LeadRow& row = add(name.written, email.written, account.written);
            row.stage = std::string(1, "abc"[random() % 3]);
            row.open = random() % 3 == 0;
            row.is_lead = random() % 2 == 0;
            row.score_micros = static_cast<std::int64_t>(random() % 50);
            row.updated_at = {static_cast<std::int64_t>(random() % 90)};
            row.stage_entered_at = {static_cast<std::int64_t>(random() % 20)};
            Person& person = people_.emplace_back();
            person.row = row;
            for (const Text* part : {&name, &email, &account})
                person.words.insert(person.words.end(), part->words.begin(), part->words.end());
        }
        write();
    }

    LeadQuery random_query(std::mt19937_64& random, const Text& text) {
        LeadQuery query;
        query.text = text.written;
        query.sort = static_cast<LeadQuery::Sort>(random() % 3);
        if (random() % 3 == 0) query.stage = std::string(1, "abc"[random() % 3]);
        if (random() % 3 == 0) query.open = random() % 2 == 0;
        if (random() % 4 == 0) query.is_lead = random() % 2 == 0;
        return query;
    }

    std::vector<SubjectId> expected(const LeadQuery& query, const Text& text) {
        std::vector<const Person*> all;
        for (const Person& person : people_) {
            const LeadRow& row = person.row;
            if ((query.stage.empty() || row.stage == query.stage) && (!query.open || row.open == *query.open) &&
                (!query.is_lead || row.is_lead == *query.is_lead) && is_meant(person, text))
                all.push_back(&person);
        }
        std::ranges::sort(all, {}, [&](const Person* person) {
            return std::pair(-key(person->row, query.sort), person->row.person);
        });
        std::vector<SubjectId> ids;
        for (const Person* person : all) ids.push_back(person->row.person);
        return ids;
    }

    std::vector<Person> people_;
};

TEST_P(ManyPeople, random_names_and_queries_agree_with_the_definition) {
    std::mt19937_64 random(29);
    fill(random, 1500);
    reopen();
    std::size_t few = 0, many = 0;
    const auto queries = static_cast<std::size_t>(faults::scaled(400));
    for (std::size_t i = 0; i < queries && !HasFailure(); ++i) {
        const Text text = random_text(random, 1 + random() % 6);
        if (length(text.written) == 0) continue;
        const LeadQuery query = random_query(random, text);
        const std::vector<SubjectId> want = expected(query, text);
        const std::size_t page = 1 + random() % 400;
        if (want.size() / page > 40) continue;
        (want.size() < 20 ? few : many) += 1;
        std::vector<SubjectId> got;
        for (const LeadRow& row : pages(query, page)) got.push_back(row.person);
        EXPECT_EQ(got, want) << "searching for <" << text.written << ">, pages of " << page;
    }
    EXPECT_GT(few, queries / 10);
    EXPECT_GT(many, queries / 10);
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(ManyPeople, who_is_rare_is_found_behind_all_others) {
    for (int i = 0; i < 1200; ++i) add("Somebody " + std::to_string(i), "", "example");
    all_[3].name = "Needle";
    all_[700].name = "Needle";
    write();
    LeadQuery query;
    query.text = "needle";
    query.limit = 1;
    EXPECT_EQ(store_->leads(query)->at(0).person, all_[700].person);
    query.after_person = all_[700].person;
    query.after_key = key(all_[700], query.sort);
    EXPECT_EQ(store_->leads(query)->at(0).person, all_[3].person);
    EXPECT_EQ(pages({.text = "somebody"}, 500).size(), 1198U);
    EXPECT_EQ(pages({.text = "somebody exa 119"}, 2).size(), 12U);
    query.limit = 0;
    EXPECT_TRUE(store_->leads(query)->empty());
}

INSTANTIATE_TEST_SUITE_P(stores, Search, testing::ValuesIn(support::every_way_to_a_store()));
INSTANTIATE_TEST_SUITE_P(stores, ManyPeople, testing::ValuesIn(support::every_way_to_a_store()));

// ---- the spelling -------------------------------------------------------------------------------------------------

TEST(SearchText, words_of_a_row) {
    LeadRow row;
    row.name = " Anna  MÜLLER";
    row.email = "a@b";
    row.account = "";
    EXPECT_EQ(storage::search_text(row), "  anna  muller  a@b");
}

TEST(SearchText, runs_of_three) {
    const std::string text = "  ab王ab王";
    const std::vector<std::string_view> grams = {"  a", " ab", "ab王", "b王a", "王ab"};
    EXPECT_EQ(storage::trigrams(text), grams);
    EXPECT_TRUE(storage::trigrams("ab").empty());
    const std::vector<std::string> pieces = {"abcdefg", "  x"};
    EXPECT_EQ(storage::sample_trigrams(pieces, 9), (std::vector<std::string>{"abc", "def", "efg", "  x"}));
    EXPECT_EQ(storage::sample_trigrams(pieces, 2), (std::vector<std::string>{"abc", "def", "  x"}));
}

}  // namespace
}  // namespace baton
