// baton demo and baton serve: what runs for a while.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "cli/resources.h"
#include "cli/session.h"
#include "codec/json_writer.h"
#include "connectors/demo/company.h"
#include "connectors/import/served.h"

namespace baton::cli {
namespace {

/// The same wiring over a clock that the simulation sets.
Wiring with_clock(const Wiring& wiring, ports::Clock& clock) {
    Wiring other = wiring;
    other.clock = &clock;
    return other;
}

/// Fills an empty store; the answer is what was lived.
Result<demo::Summary> make_company(const Context& context, const std::string& store, const demo::Options& options,
                                   const std::string& playbook) {
    demo::SimulatedClock clock(demo::start_of(options));
    const Wiring wiring = with_clock(context.wiring, clock);
    const Context simulated{wiring, context.screen};
    auto session = Session::open(simulated, store, Access::create);
    if (!session) return std::unexpected(session.error());
    const auto last = session->store->last_position();
    if (!last) return std::unexpected(last.error());
    if (*last != ports::no_position)
        return fail("not_empty", store + " holds facts already; name a new file with --store");
    if (const Status ready = ensure_playbook(simulated, *session, playbook, "handoff-loop"); !ready)
        return std::unexpected(ready.error());
    Progress progress(context.screen, "living two years");
    auto summary = demo::live(*session->ledger, clock, options,
                              [&](std::uint64_t at, std::uint64_t of) { progress.show(at, of); });
    progress.clear();
    if (!summary) return summary;
    if (const Status closed = session->close(); !closed) return std::unexpected(closed.error());
    return summary;
}

constexpr std::int64_t most_people = 1'000'000;

Result<demo::Options> demo_options(const Context& context, const DemoOptions& options) {
    const auto until = moment(options.until, "--until");
    if (!until) return std::unexpected(until.error());
    if (options.people < 1 || options.people > most_people)
        return fail("bad_option", "--people must lie between 1 and 1,000,000");
    const Instant now = context.wiring.clock->now();
    if (*until && **until > now) return fail("bad_option", "--until lies in the future; a fact cannot");
    demo::Options made;
    made.seed = options.seed;
    made.until = until->value_or(now);
    made.people = options.people;
    return made;
}

/// Ticks a demonstration company until it goes out of scope.
class Pulse {
   public:
    Pulse(const Context& context, app::Ledger& ledger, const DemoOptions& options)
        : context_(context), living_(ledger, options.seed, options.people), thread_([this] { beat(); }) {}
    ~Pulse() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    Pulse(const Pulse&) = delete;
    Pulse& operator=(const Pulse&) = delete;

   private:
    void beat() {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) {
            lock.unlock();
            const Status beaten = living_.tick(context_.wiring.clock->now());
            lock.lock();
            if (beaten || said_) continue;
            said_ = true;  // once: a full disk would fill the log too
            context_.screen.err << "warning: the demonstration company stands still: " << beaten.error().detail << '\n'
                                << std::flush;
        }
    }

    const Context& context_;
    demo::Living living_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false, said_ = false;
    std::thread thread_;
};

bool is_empty_store(const Context& context, const std::string& url) {
    const auto store = context.wiring.open(url, Access::existing);
    if (!store) return store.error().code == "not_found";
    const auto last = (*store)->last_position();
    return last && *last == ports::no_position;
}

Status fill_if_empty(const Context& context, const ServeOptions& options, const DemoOptions& company) {
    if (!is_empty_store(context, options.store)) return {};
    context.screen.err << "making a demonstration company in " << shown(options.store) << " …" << '\n' << std::flush;
    const auto made = demo_options(context, company);
    if (!made) return std::unexpected(made.error());
    const auto summary = make_company(context, options.store, *made, options.playbook);
    if (!summary) return std::unexpected(summary.error());
    context.screen.err << grouped(static_cast<std::int64_t>(summary->facts)) << " facts of "
                       << grouped(static_cast<std::int64_t>(summary->people)) << " people" << '\n'
                       << std::flush;
    return {};
}

Result<Session> begin_serving(const Context& context, const ServeOptions& options, const DemoOptions& company) {
    if (options.demo)
        if (const Status filled = fill_if_empty(context, options, company); !filled)
            return std::unexpected(filled.error());
    app::Options threads;
    threads.threads = true;
    auto session = Session::open(context, options.store, Access::create, threads);
    if (!session) return session;
    if (const Status ready = ensure_playbook(context, *session, options.playbook, "handoff-loop"); !ready)
        return std::unexpected(ready.error());
    if (const auto live = session->ledger->go_live(); !live) return std::unexpected(live.error());
    return session;
}

/// After a power cut the database may come up later than Baton: it is waited for, a minute at most.
Result<Session> begin_when_there(const Context& context, const ServeOptions& options, const DemoOptions& company) {
    constexpr Duration patience = Duration::seconds(60);
    const Wiring& wiring = context.wiring;
    const Duration began = wiring.clock->elapsed();
    bool said = false;
    while (true) {
        auto session = begin_serving(context, options, company);
        const bool away = !session && session.error().code == "unavailable";
        if (!away || !wiring.pause || wiring.clock->elapsed() - began >= patience) return session;
        if (wiring.interrupted && wiring.interrupted()) return session;
        if (!said)
            context.screen.err << "waiting for " << shown(options.store) << ": " << session.error().detail << '\n'
                               << std::flush;
        said = true;
        wiring.pause(Duration{200'000});
    }
}

/// Beside the store, where that is a file.
std::string import_folder(const ServeOptions& options) {
    const bool file = options.store.find("://") == std::string::npos && options.store != "memory:";
    return !options.import_folder.empty() || !file ? options.import_folder : options.store + ".imports";
}

Status run_server(const Context& context, const ServeOptions& options, const DemoOptions& company) {
    if (const Status usable = can_begin_with(context, options.playbook); !usable) return usable;
    auto session = begin_when_there(context, options, company);
    if (!session) return std::unexpected(session.error());
    std::optional<Pulse> pulse;
    if (options.demo) pulse.emplace(context, *session->ledger, company);
    const std::string host = options.listen.substr(0, options.listen.rfind(':'));
    ServeRequest request{options.listen,  options.token,   options.certificate, options.key,
                         options.proxies, options.origins, options.fetch_from,  options.requests_per_minute};
    const auto importer = imports::make_importer(*session->ledger, known_mappings(context));
    request.importer = importer.get();
    request.import_folder = import_folder(options);
    request.import_bytes = std::uint64_t{options.import_mib} << 20;
    request.on_ready = [&](int port) {
        context.screen.err << "Baton serves " << shown(options.store) << " at "
                           << (options.certificate.empty() ? "http://" : "https://") << host << ':' << port << "/\n"
                           << std::flush;
    };
    const Status served = context.wiring.serve(*session->ledger, request);
    pulse.reset();
    const Status closed = session->close();
    return served ? closed : served;
}

}  // namespace

int demo(const Context& context, const DemoOptions& options) {
    const auto made = demo_options(context, options);
    if (!made) return refuse(context, made.error());
    const auto started = context.wiring.clock->elapsed();
    const auto summary = make_company(context, options.store, *made, options.playbook);
    if (!summary) return refuse(context, summary.error());
    const Screen& screen = context.screen;
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object()
            .field("people", summary->people)
            .field("facts", summary->facts)
            .field("refused", summary->refused);
        out.field("seed", options.seed).field("until", made->until).key("refusals").begin_array();
        for (const std::string& refusal : summary->refusals) out.value(refusal);
        screen.out << out.end_array().end_object().take() << '\n';
        return done;
    }
    const std::int64_t tenths = (context.wiring.clock->elapsed() - started).us / 100'000;
    screen.out << "a software firm lived from " << short_time(demo::start_of(*made)) << " to "
               << short_time(made->until) << ": " << grouped(static_cast<std::int64_t>(summary->people)) << " people, "
               << grouped(static_cast<std::int64_t>(summary->facts)) << " facts, "
               << grouped(static_cast<std::int64_t>(summary->refused)) << " decisions came too late; " << tenths / 10
               << "." << tenths % 10 << " s\n"
               << "next: baton funnel --store " << shown(options.store) << " · baton leads --store "
               << shown(options.store) << " · baton serve --store " << shown(options.store) << '\n';
    return done;
}

int serve(const Context& context, const ServeOptions& options) {
    const DemoOptions company;
    const Status served = run_server(context, options, company);
    return served ? done : refuse(context, served.error());
}

}  // namespace baton::cli
