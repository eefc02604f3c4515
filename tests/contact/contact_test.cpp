// Addresses, numbers, domains and names: what people type, and the one spelling of it.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "contact/address.h"
#include "contact/phone.h"
#include "contact/text.h"

namespace baton::contact {
namespace {

struct Row {
    const char* given;
    const char* wanted;  ///< "" = nothing
};

TEST(Email, OneSpelling) {
    for (const auto& [given, wanted] : {
             Row{" Ada@ACME.example ", "ada@acme.example"},
             Row{"mailto:ada@acme.example", "ada@acme.example"},
             Row{"Ada Lovelace <Ada@acme.example>", "ada@acme.example"},
             Row{"ada@acme.example.", "ada@acme.example"},
             Row{"a.d.a+news@gmail.com", "a.d.a+news@gmail.com"},
             Row{"Ärzte@praxis.example", "Ärzte@praxis.example"},
             Row{"ada", ""},
             Row{"@acme.example", ""},
             Row{"ada@", ""},
             Row{"ada@acme@example", ""},
             Row{"ada lovelace@acme.example", ""},
             Row{"<>", ""},
         })
        EXPECT_EQ(normal_email(given).value_or(""), wanted) << given;
}

TEST(Phone, OneSpellingWhereTheCountryIsKnown) {
    struct Number {
        const char* given;
        const char* region;
        const char* wanted;
    };
    for (const auto& [given, region, wanted] : {
             Number{"+49 30 901820", "", "+4930901820"},
             Number{"+49 (0)30 / 90 18 20", "", "+4930901820"},
             Number{"0049-30-901820", "", "+4930901820"},
             Number{"030 901820", "DE", "+4930901820"},
             Number{"030 901820", "", "030901820"},
             Number{"(212) 736-5000 ext. 12", "US", "+12127365000"},
             Number{"+1-212-736-5000", "DE", "+12127365000"},
             Number{"tel:+44-20-7946-0018", "", "+442079460018"},
             Number{"06 12 34 56 78", "FR", "+33612345678"},
             Number{"06 1234 5678", "IT", "+390612345678"},  // Italy keeps the 0
             Number{"030 901820", "nowhere", "030901820"},
             Number{"1234", "", "1234"},
             Number{"123", "", ""},
             Number{"12345678901234567", "", ""},
             Number{"call me", "US", ""},
             Number{"", "DE", ""},
         })
        EXPECT_EQ(normal_phone(given, region).value_or(""), wanted) << given << " in " << region;
}

/// With a bracket around its code a number is read by the library's own parser alone, and by rights to the same end.
TEST(Phone, ANumberWithItsCodeIsWhatTheLibraryReads) {
    std::mt19937 random(20'260);
    const auto digit = [&] { return static_cast<char>('0' + random() % 10); };
    std::size_t numbers = 0;
    for (int code = 1; code < 1000; ++code)
        for (int n = 0; n < 200; ++n) {
            std::string given = std::to_string(code);
            const std::size_t length = 2 + random() % 13;
            for (std::size_t i = 0; i < length; ++i) {
                if (random() % 8 == 0) given += " -.()"[random() % 5];
                given += digit();
            }
            const auto quick = normal_phone("+" + given);
            ASSERT_EQ(quick, normal_phone("(+" + given)) << "+" << given;
            numbers += quick ? 1 : 0;
        }
    EXPECT_GT(numbers, 100'000U);
}

TEST(Phone, NormalNumbersStay) {
    for (const char* number : {"+4930901820", "+12127365000", "030901820", "+390612345678"})
        EXPECT_EQ(normal_phone(number), number);
}

TEST(Domain, WhatSomebodyRegistered) {
    for (const auto& [given, wanted] : {
             Row{"www.shop.acme.co.uk", "acme.co.uk"},
             Row{"acme.example", "acme.example"},
             Row{"MAIL.Acme.DE", "acme.de"},
             Row{"co.uk", ""},
             Row{"localhost", ""},
             Row{"10.0.0.1", ""},
             Row{"acme..de", ""},
         })
        EXPECT_EQ(registrable_domain(given), wanted) << given;
}

TEST(Account, ByDomainOrName) {
    for (const auto& [given, wanted] : {
             Row{"https://www.Acme.example/about?x=1", "acme.example"},
             Row{"acme.example:8080", "acme.example"},
             Row{"ada@mail.acme.example", "acme.example"},
             Row{"  Müller   & Söhne GmbH ", "müller & söhne gmbh"},
             Row{"ACME", "acme"},
             Row{"", ""},
         })
        EXPECT_EQ(normal_account(given), wanted) << given;
}

TEST(Email, SaysWhereSomebodyWorks) {
    EXPECT_TRUE(is_free_mail("gmail.com"));
    EXPECT_TRUE(is_free_mail("GMX.de"));
    EXPECT_FALSE(is_free_mail("acme.example"));
    EXPECT_EQ(business_domain("ada@mail.acme.co.uk"), "acme.co.uk");
    EXPECT_EQ(business_domain("ada@gmail.com"), "");
    for (const char* role :
         {"info@acme.example", "Sales@acme.example", "info+fair@acme.example", "no-reply@acme.example"})
        EXPECT_TRUE(is_role_address(role)) << role;
    EXPECT_FALSE(is_role_address("ada@acme.example"));
    EXPECT_FALSE(is_role_address("salesforce@acme.example"));
}

TEST(Names, AreComparedWithoutCaseAccentsAndLegalForm) {
    EXPECT_EQ(folded("  MÜLLER, Jörg-Peter "), "muller jorg peter");
    EXPECT_EQ(folded("O'Brien"), "obrien");
    EXPECT_EQ(folded("Straße"), "strasse");
    EXPECT_EQ(folded("\xff\xfe"), "");
    EXPECT_EQ(folded_company("Müller & Söhne GmbH & Co. KG"), "muller sohne");
    EXPECT_EQ(folded_company("Acme, Inc."), "acme");
    EXPECT_EQ(folded_company("S.A."), "sa");  // a name is never nothing
    EXPECT_EQ(words("a  bc d").size(), 3U);
}

}  // namespace
}  // namespace baton::contact
