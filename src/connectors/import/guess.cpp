#include "connectors/import/guess.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "connectors/import/opt_outs.h"
#include "contact/text.h"

namespace baton::imports {
namespace {

/// What columns are called, letters and digits only, in the order of preference.
struct Called {
    std::string_view property;
    std::initializer_list<std::string_view> names;
};

const Called emails{"email",
                    {"email", "emailaddress", "workemail", "businessemail", "primaryemail", "contactemail", "mail",
                     "mailaddress", "emailadresse", "adresseemail", "courriel", "correoelectronico"}};
const Called phones{"phone",
                    {"phone", "phonenumber", "workphone", "businessphone", "workphonenumber", "telephone", "tel",
                     "telefon", "telefonnummer", "mobile", "mobilephone", "mobilephonenumber", "cellphone"}};
const Called companies{"company",
                       {"company", "companyname", "organization", "organisation", "accountname", "account", "employer",
                        "firma", "unternehmen", "entreprise", "empresa"}};
const Called employees{"employees", {"employees", "numberofemployees", "numemployees", "noofemployees"}};
const std::array<Called, 7> others{
    {{"first_name", {"firstname", "givenname", "vorname", "prenom"}},
     {"last_name", {"lastname", "surname", "familyname", "nachname", "nomdefamille", "apellidos"}},
     {"name", {"fullname", "name", "contactname"}},
     {"title", {"jobtitle", "position", "title", "jobposition"}},
     {"country", {"country", "countryregion", "countryregionname", "land", "pays"}},
     {"industry", {"industry", "branche"}},
     {"origin", {"leadsource", "originalsource", "source", "origin"}}}};

constexpr std::array<std::string_view, 15> opt_outs{
    "optedout",      "optout",       "emailoptout",    "optedoutofemail",          "hasoptedoutofemail",
    "emailoptedout", "unsubscribed", "isunsubscribed", "unsubscribedfromallemail", "emailunsubscribed",
    "donotemail",    "isdonotemail", "donotcontact",   "isdonotcontact",           "blacklisted"};
constexpr std::array<std::string_view, 4> no_calls{"donotcall", "isdonotcall", "phoneoptout", "optedoutofphone"};

/// "E-mail Address" is "emailaddress".
std::string plain(std::string_view column) {
    std::string out;
    for (const char c : contact::lower(column))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U) out += c;
    return out;
}

class Guess {
   public:
    explicit Guess(std::span<const std::string> header) : header_(header), taken_(header.size(), false) {
        for (const std::string& column : header) plain_.push_back(plain(column));
    }

    std::optional<Mapping> make() {
        Mapping& m = mapping_;
        m.id = m.source = "guess";
        m.name = "Guess";
        m.partial = m.rest = true;
        m.email = key(emails, "e-mail");
        m.phone = key(phones, "phone");
        if (!m.email.given() && !m.phone.given()) return {};
        m.header = {m.email.given() ? m.email.name : m.phone.name};
        m.account = key(companies, "company");
        if (Column column = take(employees); column.given()) {
            column.amount = Column::Amount::point;
            add(employees.property, std::move(column));
        }
        for (const Called& other : others)
            if (Column column = take(other); column.given()) add(other.property, std::move(column));
        for (std::size_t i = 0; i < header_.size(); ++i) look_for_opt_out(i);
        m.remark = "guessed: " + said_ + "; all else is kept as it is";
        return std::move(mapping_);
    }

   private:
    Column take(const Called& called) {
        for (const std::string_view name : called.names)
            for (std::size_t i = 0; i < plain_.size(); ++i)
                if (!taken_[i] && plain_[i] == name) {
                    taken_[i] = true;
                    return {.name = header_[i]};
                }
        return {};
    }

    Column key(const Called& called, const std::string& what) {
        Column column = take(called);
        if (column.given()) add(called.property, column, what);
        return column;
    }

    void add(std::string_view property, Column column, const std::string& what = "") {
        say("'" + column.name + "' is " + (what.empty() ? std::string(property) : what));
        mapping_.properties.push_back({std::string(property), std::move(column), {}});
    }

    void look_for_opt_out(std::size_t i) {
        const bool mail = std::ranges::find(opt_outs, plain_[i]) != opt_outs.end();
        if (taken_[i] || (!mail && std::ranges::find(no_calls, plain_[i]) == no_calls.end())) return;
        say("whom '" + header_[i] + (mail ? "' marks wants no mail" : "' marks wants no calls"));
        add_opt_out(mapping_, header_[i], mail ? Wanted::no_mail : Wanted::no_calls);
    }

    void say(const std::string& what) { said_ += (said_.empty() ? "" : ", ") + what; }

    std::span<const std::string> header_;
    std::vector<std::string> plain_;
    std::vector<bool> taken_;
    Mapping mapping_;
    std::string said_;
};

}  // namespace

const Mapping& guess() {
    static const Mapping stands_for_it = [] {
        Mapping mapping;
        mapping.id = "guess";
        mapping.guess = true;
        return mapping;
    }();
    return stands_for_it;
}

std::optional<Mapping> guessed(std::span<const std::string> header) { return Guess(header).make(); }

}  // namespace baton::imports
