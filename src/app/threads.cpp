// The ledger's doors, and the writer thread behind them: what many callers bring goes into one transaction.
#include <algorithm>
#include <chrono>

#include "app/copy.h"
#include "app/core.h"
#include "app/reads.h"

namespace baton::app {
namespace {

std::chrono::microseconds real(Duration d) { return std::chrono::microseconds(d.us); }

constexpr Duration longest_nap = Duration::seconds(1);  ///< the wall clock may jump: look at it at least this often

Request request_of(std::span<const IncomingFact> facts, const std::string& phone_region) {
    Request request;
    request.drafts.reserve(facts.size());
    for (const IncomingFact& fact : facts) request.drafts.push_back(draft(fact, phone_region));
    request.receipt.outcomes.reserve(facts.size());
    return request;
}

Request request_of(std::span<Prepared> facts, const std::string& phone_region) {
    Request request;
    request.drafts.reserve(facts.size());
    for (Prepared& fact : facts) {
        make_draft(fact, phone_region);
        request.drafts.push_back(std::move(*fact.draft));
    }
    request.receipt.outcomes.reserve(facts.size());
    return request;
}

void append(Receipt& whole, Receipt&& part) {
    whole.accepted += part.accepted;
    whole.duplicates += part.duplicates;
    whole.refused += part.refused;
    whole.position = std::max(whole.position, part.position);
    std::ranges::move(part.outcomes, std::back_inserter(whole.outcomes));
}

}  // namespace

// ---- the writer thread ----------------------------------------------------------------------------------------

void Ledger::Core::run() {
    std::unique_lock lock(queue_mutex);
    while (!stopping) {
        if (!work_arrives(lock)) {
            lock.unlock();
            idle();
            lock.lock();
            continue;
        }
        if (company > 1) {
            wake_at = company;
            queue_changed.wait_for(lock, real(options.gather), [&] {
                return stopping || queue.size() >= company || queued_facts >= options.batch_facts;
            });
            wake_at = 1;
        }
        std::vector<Request*> requests;
        std::size_t facts = 0;
        while (!queue.empty() && (requests.empty() || facts + queue.front()->drafts.size() <= options.batch_facts)) {
            facts += queue.front()->drafts.size();
            requests.push_back(queue.front());
            queue.pop_front();
        }
        queued_facts -= facts;
        company = requests.size();
        lock.unlock();
        serve(requests);
        answer(requests);
        idle();
        lock.lock();
    }
}

void Ledger::Core::answer(const std::vector<Request*>& requests) {
    std::vector<std::unique_ptr<Request>> told;
    {
        const std::lock_guard lock(queue_mutex);
        bool awaited = false;
        for (Request* request : requests) {
            if (request->told) {
                told.emplace_back(request);
                continue;
            }
            request->done = awaited = true;
        }
        if (awaited) served.notify_all();
    }
    for (const auto& request : told) {
        if (request->status)
            request->told(std::move(request->receipt));
        else
            request->told(std::unexpected(request->status.error()));
    }
}

/// Waits until somebody brings something, or there may be other things to do.
bool Ledger::Core::work_arrives(std::unique_lock<std::mutex>& lock) {
    if (!queue.empty()) return true;
    return queue_changed.wait_for(lock, real(std::min(options.derive_within, longest_nap)), [&] {
        return stopping || !queue.empty();
    }) && !queue.empty();
}

/// One caller's trouble must not become another's: after a failure of many, each has a transaction of its own.
void Ledger::Core::serve(std::vector<Request*>& requests) {
    const auto waited = [&] { return clock.elapsed() - requests.front()->since; };
    const Status all = door([&] { return take(requests, false); }, waited());
    const bool nobodys_fault = !all && store.shared() && passes(all.error());
    if (all || nobodys_fault || requests.size() == 1) {
        for (Request* request : requests) request->status = all;
        return;
    }
    for (Request* request : requests)
        request->status = door([&] { return take(std::span(&request, 1), false); }, waited());
}

void Ledger::Core::idle() {
    if (store.shared()) return idle_among_others();
    const std::lock_guard hold(work);
    if (closed) return;
    if (clock.elapsed() - last_derived >= options.derive_within) static_cast<void>(write_derived());
    subjects.shrink();
    const auto due = options.schedule ? next_due() : std::optional<Instant>();
    if (due && *due && **due <= clock.now()) static_cast<void>(run_due(clock.now()));
    publish();
}

/// What is due is everybody's to fire: whoever has the turn first does. Nothing is waited for here: callers may come.
void Ledger::Core::idle_among_others() {
    constexpr Duration look_every = Duration::seconds(1);
    const Duration now = clock.elapsed();
    if (now - last_idle < options.derive_within) return;
    last_idle = now;
    if (!available || now - last_look.load() >= look_every) static_cast<void>(look());
    if (!options.schedule || !available) return;
    if (now - last_history >= look_every) {
        last_history = now;
        end_quiet_history();
    }
    const auto is_due = [&] {
        const std::lock_guard hold(work);
        subjects.shrink();
        const auto due = next_due();
        return due && *due && **due <= clock.now();
    };
    while (is_due()) {
        const auto fired = door([&] { return run_due(clock.now(), Handfuls::one); }, options.patience);
        if (!fired || *fired == 0 || somebody_waits()) return;
    }
}

bool Ledger::Core::somebody_waits() {
    const std::lock_guard lock(queue_mutex);
    return stopping || !queue.empty();
}

void Ledger::Core::enqueue(Request* request) {
    request->since = clock.elapsed();
    queue.push_back(request);
    queued_facts += request->drafts.size();
    if (queue.size() >= wake_at || queued_facts >= options.batch_facts) queue_changed.notify_one();
}

Status Ledger::Core::submit(Request& request) {
    std::unique_lock lock(queue_mutex);
    if (stopping) return fail("closed", "the ledger is closed");
    enqueue(&request);
    served.wait(lock, [&] { return request.done; });
    return request.status;
}

bool Ledger::Core::crowded() {
    constexpr std::size_t transactions = 8;
    const std::lock_guard lock(queue_mutex);
    return queued_facts >= transactions * options.batch_facts;
}

void Ledger::Core::submit_told(std::unique_ptr<Request> request) {
    {
        const std::lock_guard lock(queue_mutex);
        if (!stopping) {
            enqueue(request.release());
            return;
        }
    }
    request->told(fail("closed", "the ledger is closed"));
}

// ---- the doors ------------------------------------------------------------------------------------------------

Ledger::Ledger(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Ledger>> Ledger::open(ports::Store& store, ports::Clock& clock, Options options) {
    if (auto whole = expect_whole(store); !whole) return std::unexpected(whole.error());
    auto core = std::make_unique<Core>(store, clock, std::move(options));
    if (auto done = core->door([raw = core.get()] { return raw->start(); }); !done)
        return std::unexpected(done.error());
    static_cast<void>(core->purge_if_wanted());  // what it could not do now is tried when it is opened next
    if (core->options.threads) core->writer = std::thread([raw = core.get()] { raw->run(); });
    return std::unique_ptr<Ledger>(new Ledger(std::move(core)));
}

Ledger::~Ledger() { static_cast<void>(close()); }

Status Ledger::close() {
    {
        const std::lock_guard lock(core_->queue_mutex);
        core_->stopping = true;
    }
    core_->queue_changed.notify_all();
    core_->pause_ended.notify_all();
    if (core_->writer.joinable()) core_->writer.join();
    std::vector<Request*> left;
    {
        const std::lock_guard lock(core_->queue_mutex);
        left.assign(core_->queue.begin(), core_->queue.end());
        core_->queue.clear();
    }
    for (Request* request : left) request->status = fail("closed", "the ledger was closed before the facts' turn came");
    core_->answer(left);
    static_cast<void>(core_->door([&] { return core_->leave_history(); }));  // without it others wait a minute
    const std::lock_guard hold(core_->work);
    if (core_->closed) return {};
    core_->closed = true;
    if (core_->store.shared()) return {};
    return core_->ahead_of_disk ? Status() : core_->write_derived();
}

template <class Given>
Result<Receipt> Ledger::Core::intake(std::span<Given> facts) {
    Receipt whole;
    whole.outcomes.reserve(facts.size());
    while (!facts.empty()) {
        const auto some = facts.first(std::min(facts.size(), options.batch_facts));
        facts = facts.subspan(some.size());
        Request request = request_of(some, phone_region());
        Request* one = &request;
        const Status done = options.threads ? submit(request) : door([&] { return take(std::span(&one, 1), false); });
        if (!done) return std::unexpected(done.error());
        append(whole, std::move(request.receipt));
    }
    return whole;
}

Result<Receipt> Ledger::Core::preview(Request request) {
    Request* one = &request;
    const auto done = door([&] { return take(std::span(&one, 1), true); });
    if (!done) return std::unexpected(done.error());
    return std::move(request.receipt);
}

Result<Receipt> Ledger::intake(std::span<const IncomingFact> facts) { return core_->intake(facts); }

void Ledger::prepare(Prepared& fact) const { make_draft(fact, core_->phone_region()); }

Result<Receipt> Ledger::intake_prepared(std::span<Prepared> facts) { return core_->intake(facts); }

void Ledger::intake(std::span<const IncomingFact> facts, Told told) {
    if (!core_->options.threads || facts.size() > core_->options.batch_facts || core_->crowded())
        return told(intake(facts));
    auto request = std::make_unique<Request>(request_of(facts, core_->phone_region()));
    request->told = std::move(told);
    core_->submit_told(std::move(request));
}

Result<Receipt> Ledger::preview(std::span<const IncomingFact> facts) {
    return core_->preview(request_of(facts, core_->phone_region()));
}

Result<Receipt> Ledger::preview_prepared(std::span<Prepared> facts) {
    return core_->preview(request_of(facts, core_->phone_region()));
}

Status Ledger::flush() {
    return core_->door([&]() -> Status {
        if (auto done = core_->ready(); !done) return done;
        return core_->write_derived();
    });
}

/// On a shared store what anybody was told of stands there with all that follows from it.
Status Ledger::wait_for(ports::Position position) {
    if (core_->store.shared() || core_->seen_derived >= position) return {};
    return core_->door([&]() -> Status {
        if (core_->derived >= position) return {};
        if (auto done = core_->ready(); !done) return done;
        return core_->write_derived();
    });
}

Result<Rebuilt> Ledger::rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress, Anew anew) {
    return core_->door([&] { return core_->rebuild(progress, anew); });
}

Status Ledger::act(
    const std::function<Result<CompanyAct>(const codec::CompanyRow&, const ports::Reader&, Instant)>& decide) {
    return core_->door([&] { return core_->act(decide); });
}

Result<std::uint32_t> Ledger::store_playbook(std::string_view text, std::string_view file) {
    ports::StoredPlaybook stored;
    stored.text = text;
    stored.file = file;
    stored.hash = blake2b(text);
    stored.stored_at = core_->clock.now();
    const auto trial = core_->playbooks->compile(stored);
    if (!trial) return std::unexpected(trial.error());
    stored.id = (*trial)->source.id;
    const auto version = core_->door([&]() -> Result<std::uint32_t> {
        if (auto done = core_->turn(); !done) return std::unexpected(done.error());
        return core_->store.store_playbook(stored);
    });
    if (!version) return version;
    if (core_->playbooks->get(*version) != nullptr) return version;
    stored.version = *version;
    auto compiled = core_->playbooks->compile(stored);
    if (!compiled) return std::unexpected(compiled.error());
    core_->playbooks->add(*version, std::move(*compiled));
    return version;
}

Result<Activated> Ledger::activate(const Activation& activation) {
    return core_->door([&] { return core_->activate(activation); });
}

std::shared_ptr<const playbook::Compiled> Ledger::active() const { return core_->playbooks->active(); }
std::shared_ptr<const playbook::Compiled> Ledger::playbook(std::uint32_t version) const {
    const std::lock_guard hold(core_->work);
    return core_->playbooks->get(version, core_->store);
}

Result<std::size_t> Ledger::run_due(Instant until) {
    return core_->door([&] { return core_->run_due(until); });
}

Result<std::optional<Instant>> Ledger::next_due() {
    const std::lock_guard hold(core_->work);
    return core_->next_due();
}

Result<std::size_t> Ledger::go_live() {
    return core_->door([&] { return core_->go_live(); });
}

Result<std::unique_ptr<Reads>> Ledger::reads() {
    const std::lock_guard hold(core_->work);
    auto reader = core_->store.reader();
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<Reads>(std::move(*reader), core_->playbooks);
}

bool Ledger::available() const { return core_->available; }
ports::Position Ledger::position() const { return core_->seen_position; }

codec::TrackingMode Ledger::tracking() const { return core_->seen_tracking; }

Stats Ledger::stats() const {
    const std::lock_guard hold(core_->work);
    Stats stats = core_->stats;
    stats.evaluations = core_->folder.counters.evaluations;
    stats.clauses = core_->folder.counters.clauses;
    stats.cached_subjects = core_->subjects.size();
    stats.cached_bytes = core_->subjects.bytes();
    stats.position = core_->position;
    stats.derived = core_->derived;
    return stats;
}

}  // namespace baton::app
