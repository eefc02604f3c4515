// baton verify, digest, rebuild, backup, restore, copy: the store as a whole.
#include <fstream>
#include <iterator>

#include "app/copy.h"
#include "app/erasure.h"
#include "base/digest.h"
#include "cli/session.h"
#include "codec/json_writer.h"

namespace baton::cli {
namespace {

void write_damage(codec::JsonWriter& out, std::string_view key, const std::vector<ports::Damage>& damage) {
    out.key(key).begin_array();
    for (const ports::Damage& one : damage)
        out.begin_object().field("where", one.where).field("what", one.what).end_object();
    out.end_array();
}

void say_damage(const Screen& screen, const std::vector<ports::Damage>& damage) {
    for (const ports::Damage& one : damage) screen.out << one.where << ": " << one.what << '\n';
}

int report_damage(const Context& context, const std::vector<ports::Damage>& damage, Format format,
                  const std::string& sound, const std::string& broken) {
    const Screen& screen = context.screen;
    if (format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field("sound", damage.empty());
        write_damage(out, "damage", damage);
        screen.out << out.end_object().take() << '\n';
    } else {
        say_damage(screen, damage);
        screen.out << (damage.empty() ? sound : broken) << '\n';
    }
    return damage.empty() ? done : failed;
}

}  // namespace

int verify(const Context& context, const StoreOptions& options) {
    const auto damage = context.wiring.check(options.store);
    if (!damage) return refuse(context, damage.error());
    return report_damage(
        context, *damage, options.format, shown(options.store) + " is sound",
        shown(options.store) +
            " is damaged; restore a backup (baton restore), or write what is derived again (baton rebuild --anew)");
}

int digest(const Context& context, const Common& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto digests = session->reads->digest();
    if (!digests) return refuse(context, digests.error());
    const std::string head = to_hex(digests->journal_head);
    const std::string state = to_hex(digests->state_hash);
    if (options.format == Format::json) {
        codec::JsonWriter out;
        context.screen.out
            << out.begin_object().field("journal_head", head).field("state_hash", state).end_object().take() << '\n';
    } else {
        context.screen.out << "journal " << head << "\nstate   " << state << '\n';
    }
    return done;
}

int rebuild(const Context& context, const StoreOptions& options) {
    auto session = Session::open(context, options.store, options.accept ? Access::accept_heads : Access::existing);
    if (!session) return refuse(context, session.error());
    Progress progress(context.screen, "folding");
    const auto rebuilt = session->ledger->rebuild([&](std::uint64_t at, std::uint64_t of) { progress.show(at, of); },
                                                  options.anew ? app::Anew::always : app::Anew::if_different);
    progress.clear();
    if (!rebuilt) return refuse(context, rebuilt.error());
    if (const Status closed = session->close(); !closed) return refuse(context, closed.error());
    const Screen& screen = context.screen;
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object()
            .field("facts", rebuilt->facts)
            .field("subjects", rebuilt->subjects)
            .field("different", rebuilt->different);
        write_damage(out, "differences", rebuilt->differences);
        screen.out << out.end_object().take() << '\n';
        return done;
    }
    say_damage(screen, rebuilt->differences);
    screen.out << "folded " << grouped(static_cast<std::int64_t>(rebuilt->facts)) << " facts of "
               << grouped(static_cast<std::int64_t>(rebuilt->subjects)) << " subjects; "
               << (rebuilt->different == 0
                       ? "all as it stood"
                       : grouped(static_cast<std::int64_t>(rebuilt->different)) + " differed and are mended")
               << '\n';
    return done;
}

namespace {

/// For stores whose database has no copy that we could make as one file: the journal as of now, in order, folded there.
Status copy_over(const Context& context, const std::string& from_url, const std::string& to_url) {
    const auto from = context.wiring.open(from_url, Access::existing);
    if (!from) return std::unexpected(from.error());
    const auto to = context.wiring.open_copy(to_url, (*from)->hash_key());
    if (!to) return std::unexpected(to.error());
    Progress progress(context.screen, "copying");
    const auto copied = app::copy_as_of_now(**from, **to, *context.wiring.clock,
                                            [&](std::uint64_t at, std::uint64_t of) { progress.show(at, of); });
    progress.clear();
    if (!copied) return std::unexpected(copied.error());
    return {};
}

/// As a file's own backup where there is one, else record by record.
Status make_backup(const Context& context, const StoreOptions& options) {
    {
        auto session = Session::open(context, options.store, Access::existing);
        if (!session) return std::unexpected(session.error());
        Status copied = session->store->backup(options.other);
        if (copied || copied.error().code != "unsupported") return copied;
        if (Status closed = session->close(); !closed) return closed;
    }
    if (Status copied = copy_over(context, options.store, options.other); !copied) return copied;
    const auto damage = context.wiring.check(options.other);
    if (!damage) return std::unexpected(damage.error());
    if (damage->empty()) return {};
    return fail("corrupt", options.other + " is damaged: " + damage->front().where + ": " + damage->front().what);
}

/// A restore into a database: the backup has been found sound.
Result<std::vector<ports::Damage>> restore_over(const Context& context, const StoreOptions& options) {
    auto damage = context.wiring.check(options.other);
    if (!damage || !damage->empty()) return damage;
    if (Status copied = copy_over(context, options.other, options.store); !copied)
        return std::unexpected(copied.error());
    return context.wiring.check(options.store);
}

}  // namespace

int backup(const Context& context, const StoreOptions& options) {
    if (const Status copied = make_backup(context, options); !copied) return refuse(context, copied.error());
    if (options.format == Format::json) {
        codec::JsonWriter out;
        context.screen.out << out.begin_object().field("backup", options.other).end_object().take() << '\n';
    } else {
        context.screen.out << "copied " << shown(options.store) << " to " << options.other << "; keep both files, "
                           << options.other << " and " << options.other << ".heads\n";
    }
    return done;
}

namespace {

/// Whoever was erased since the backup was made is erased again, by the list beside a store of files, or one that is named.
Result<std::size_t> erase_again(const Context& context, const StoreOptions& options) {
    const std::string path = options.erased.empty() ? options.store + ".erased" : options.erased;
    std::ifstream in(path, std::ios::binary);
    if (!in && options.erased.empty()) return 0;
    if (!in) return fail("not_found", "'" + path + "' cannot be read");
    const std::string lines(std::istreambuf_iterator<char>(in), {});
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return std::unexpected(session.error());
    session->reads.reset();
    const auto erased = app::apply_list(*session->ledger, *session->store, lines, "restore");
    if (!erased) return erased;
    if (Status closed = session->close(); !closed) return std::unexpected(closed.error());
    return erased;
}

}  // namespace

int restore(const Context& context, const StoreOptions& options) {
    if (options.verify) {
        const auto before = context.wiring.check(options.other);
        if (!before) return refuse(context, before.error());
        if (!before->empty())
            return report_damage(context, *before, options.format, "",
                                 options.other + " is damaged; nothing was restored");
    }
    auto damage = context.wiring.restore(options.other, options.store);
    if (!damage && damage.error().code == "unsupported") damage = restore_over(context, options);
    if (!damage) return refuse(context, damage.error());
    std::string again;
    if (damage->empty()) {
        const auto erased = erase_again(context, options);
        if (!erased)
            return refuse(context, {erased.error().code, erased.error().detail + "; " + shown(options.store) +
                                                             " holds what was erased since: do not use it"});
        if (*erased > 0) again = "; " + std::to_string(*erased) + " erased since the backup, and erased again";
    }
    return report_damage(context, *damage, options.format,
                         "restored " + shown(options.store) + " from " + options.other + "; it is sound" + again,
                         options.other + " is damaged; nothing was restored");
}

int copy(const Context& context, const StoreOptions& options) {
    const auto from = context.wiring.open(options.store, Access::existing);
    if (!from) return refuse(context, from.error());
    const auto to = context.wiring.open_copy(options.other, (*from)->hash_key());
    if (!to) return refuse(context, to.error());
    Progress progress(context.screen, "copying");
    const auto copied = app::copy(**from, **to, *context.wiring.clock,
                                  [&](std::uint64_t at, std::uint64_t of) { progress.show(at, of); });
    progress.clear();
    if (!copied) return refuse(context, copied.error());
    const std::string head = to_hex(copied->digests.journal_head);
    const std::string state = to_hex(copied->digests.state_hash);
    const Screen& screen = context.screen;
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field("records", copied->records).field("already", copied->already);
        screen.out << out.field("journal_head", head).field("state_hash", state).end_object().take() << '\n';
        return done;
    }
    screen.out << "copied " << grouped(static_cast<std::int64_t>(copied->records)) << " records to "
               << shown(options.other);
    if (copied->already != 0)
        screen.out << ", " << grouped(static_cast<std::int64_t>(copied->already)) << " were there";
    screen.out << "; both say\njournal " << head << "\nstate   " << state << '\n';
    return done;
}

}  // namespace baton::cli
