// baton consent: what a person allowed and withdrew, each word of it; withdrawing is as easy as giving.
#include "app/consent.h"

#include "app/sentences.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

void print(const Context& context, const ConsentOptions& options, const app::ConsentLedger& ledger) {
    if (options.format == Format::json) {
        codec::JsonWriter out;
        app::write(out, ledger);
        context.screen.out << out.take() << '\n';
        return;
    }
    if (ledger.entries.empty()) {
        context.screen.out << "nobody has said anything about what is allowed\n";
        return;
    }
    Table stands;
    for (const char* title : {"purpose", "state", "since"}) stands.column(title);
    for (const engine::Consent& consent : ledger.stands)
        stands.row({app::purpose_name(ledger.playbook.get(), consent.purpose),
                    std::string(app::in_words(consent)) + (consent.said.unverified ? " (said in a browser)" : ""),
                    short_time(consent.said.occurred_at)});
    stands.print(context.screen);
    context.screen.out << '\n';
    for (const app::ConsentEntry& entry : ledger.entries)
        context.screen.out << "  " << context.screen.dim(short_time(entry.record.fact.occurred_at)) << "  "
                           << app::sentence(entry.record, ledger.playbook.get()) << " [" << entry.source << ']'
                           << (entry.counts ? "" : " (taken out again)") << '\n';
}

Result<IncomingFact> word_of(const Session& session, SubjectId person, const ConsentOptions& options, Instant at) {
    auto fact = app::consent_fact(*session.reads, person);
    if (!fact) return fact;
    fact->source = "command line";
    fact->actor = actor;
    fact->occurred_at = at;
    fact->properties = {{"purpose", Value(options.purpose)}, {"given", Value(options.given)}};
    for (const auto& [name, text] :
         {std::pair("channel", &options.channel), std::pair("basis", &options.basis), std::pair("text", &options.text),
          std::pair("text_version", &options.text_version)})
        if (!text->empty()) fact->properties.push_back({name, Value(*text)});
    return fact;
}

int say(const Context& context, const ConsentOptions& options) {
    const auto at = moment(options.at, "--at");
    if (!at) return refuse(context, at.error());
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto person = session->reads->find(options.key);
    if (!person) return refuse(context, person.error());
    if (!*person) return refuse(context, {"not_found", "nobody is known as '" + options.key + "'"});
    const auto fact = word_of(*session, **person, options, at->value_or(context.wiring.clock->now()));
    if (!fact) return refuse(context, fact.error());
    const auto receipt = session->ledger->intake(std::span(&*fact, 1));
    if (!receipt) return refuse(context, receipt.error());
    if (const auto& outcome = receipt->outcomes[0]; outcome.verdict == app::Verdict::refused)
        return refuse(context, {outcome.code, outcome.detail});
    if (auto looked = session->look(); !looked) return refuse(context, looked.error());
    const auto ledger = app::consents(*session->reads, **person);
    const auto closed = session->close();
    if (!ledger) return refuse(context, ledger.error());
    if (!closed) return refuse(context, closed.error());
    print(context, options, *ledger);
    return done;
}

}  // namespace

int consent_give(const Context& context, const ConsentOptions& options) { return say(context, options); }
int consent_withdraw(const Context& context, const ConsentOptions& options) { return say(context, options); }

int consent_show(const Context& context, const ConsentOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto person = session->reads->find(options.key);
    if (!person) return refuse(context, person.error());
    if (!*person) return refuse(context, {"not_found", "nobody is known as '" + options.key + "'"});
    const auto ledger = app::consents(*session->reads, **person);
    if (!ledger) return refuse(context, ledger.error());
    print(context, options, *ledger);
    return done;
}

}  // namespace baton::cli
