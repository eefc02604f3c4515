"""compare.py DRIVER [SEED…]: the engine (through DRIVER) and the oracle over random playbooks and streams of facts.

Without seeds: BATON_SCALE × 300 of them, from BATON_SEED (default 0) on. A difference is shrunk and printed with its seed."""
import concurrent.futures
import os
import sys

import shrink
from cases import DriverFailed, differences_of, engine_lines
from generate import case
from properties import PROPERTIES

SEEDS = 300


def check(driver, seed):
    """→ text of what differs, "" when nothing does."""
    try:
        yaml_text, items, lines, exact = case(seed)
        found = differences_of(lines, engine_lines(driver, yaml_text, items), exact)
        if found:
            return shrink.report(driver, seed, yaml_text, items, exact)
        return PROPERTIES[seed % len(PROPERTIES)](driver, seed)
    except DriverFailed as failed:
        if "answered 2" in str(failed) or "did not end" in str(failed):  # a playbook refused, a loop: nothing to shrink by
            return f"=== seed {seed}: {failed}\n{yaml_text}"
        return shrink.report(driver, seed, yaml_text, items, exact)
    except Exception as mistake:  # a broken oracle must name the seed too
        import traceback
        return f"seed {seed}: {mistake!r}\n{traceback.format_exc()}"


def main(driver, seeds):
    shown = 0
    with concurrent.futures.ProcessPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for seed, text in zip(seeds, pool.map(check, [driver] * len(seeds), seeds, chunksize=4)):
            if text:
                shown += 1
                print(text if shown <= 10 else f"seed {seed} differs too")
                sys.stdout.flush()
    print(f"{len(seeds)} seeds from {seeds[0]}: {shown} differ")
    return 1 if shown else 0


if __name__ == "__main__":
    first = int(os.environ.get("BATON_SEED", "0"))
    wanted = [int(text) for text in sys.argv[2:]] or list(range(first, first + int(SEEDS * float(os.environ.get("BATON_SCALE", "1")))))
    sys.exit(main(sys.argv[1], wanted))
