"""`primebench run --cluster` on machines with networks of their own; root only.

Each machine has this one's processor, and measures while the other does: figures are no good, and no test looks at them.
"""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from analysis.model.summary import read_summary
from loadgen.campaign.session import plan_here
from loadgen.record.trial import LoadTrial
from tests.cluster.campaigns import SLOTS, Campaign, await_while, campaigns_folder, campaigns_of, faults, fill, kill
from tests.cluster.traffic import Traffic


def test_rounds_on_two_machines_are_those_of_one_run(campaign: Campaign) -> None:
    (pid,) = campaign.machines.idle["anvil"]
    with Traffic(pid, "data") as traffic:
        done = campaign.run("--seed", "7", "--rounds", "6")
    assert faults(done) == []
    assert done.returncode in (0, 2)  # 2 where checks find this machine too busy
    trials, run = campaign.check_whole(6), campaign.record()
    assert (run.end_reason, list(run.machines)) == ("finished", ["anvil", "bellows"])
    assert {trial.machine for trial in trials} == {"anvil", "bellows"}
    loads = [trial for trial in trials if isinstance(trial, LoadTrial) and trial.failure is None]
    assert len(loads) == len(trials)
    packets = [traffic.during(trial) for trial in loads if trial.machine == "anvil"]
    assert sum(packets) <= len(packets) / 4, "packets in windows: more than a late acknowledgement now and then"
    assert all(trial.cpu and trial.cpu.worker_cpu_s is not None for trial in loads)
    plan, contenders = plan_here(run, campaign.project)
    measured = [
        (trial.index, trial.round, trial.position, trial.workload, trial.contender, "".join(trial.beside)) for trial in trials
    ]
    assert measured == [tuple(slot) for slot in plan.slots(contenders)], "another order than that of one machine"
    summary = read_summary(campaign.folder.path / "summary.json")
    assert summary.is_campaign
    (workload,) = summary.workloads
    ratios = [comparison for comparison in (*workload.over_controls, *workload.paired) if comparison.each]
    assert ratios
    assert all(set(ratio.machines) <= {"anvil", "bellows"} for ratio in ratios)
    campaign.machines.await_nothing_left()
    assert not any(campaigns_of(host) for host in campaign.machines.hosts)


def test_a_worker_that_is_killed_loses_its_round_alone(campaign: Campaign) -> None:
    machines = campaign.machines
    with campaign.started() as process:
        await_while(process, lambda: machines.measures(1), "a round on bellows")
        (worker,) = machines.processes("bellows", "cluster.worker")
        kill(worker)
        out, err = process.communicate()
    assert process.returncode == 2
    lost = [line for line in err.splitlines() if "void" in line]
    assert len(lost) == 1
    assert lost[0].startswith("primebench: bellows: its worker was ended by SIGKILL; round ")
    trials = campaign.check_whole()
    assert campaign.record().end_reason == "finished", out
    assert {trial.machine for trial in trials} >= {"anvil"}
    machines.await_nothing_left()


@pytest.mark.long
def test_a_controller_that_is_killed_goes_on_with_what_machines_have(campaign: Campaign) -> None:
    with campaign.started() as process:
        await_while(process, lambda: campaign.measured() >= SLOTS, "a round")
        process.kill()
    before = campaign.lines()
    campaign.machines.await_nothing_left()
    kept = [host.home.rglob("rounds/*.done") for host in campaign.machines.hosts]
    finished = sum(len(list(files)) for files in kept)
    done = campaign.run("--resume", campaign.folder.path.name)
    assert faults(done) == []
    trials = campaign.check_whole()
    assert [trial for trial in trials if trial.index in {trial.index for trial in before}] == before, "measured again"
    assert finished * SLOTS >= len(before)
    run = campaign.record()
    assert (run.end_reason, len(run.resumed), run.resumed[0].trials_before) == ("finished", 1, len(before))
    campaign.machines.await_nothing_left()
    again = campaign.run("--resume", run.run_id)
    assert (again.returncode, len(again.stderr.splitlines())) == (2, 1)
    assert "has finished: there is nothing to go on with" in again.stderr


@pytest.mark.long
def test_a_machine_that_is_stopped_meanwhile_measures_again_and_says_so(campaign: Campaign) -> None:
    machines = campaign.machines
    with campaign.started() as process:
        await_while(process, lambda: bool(machines.processes("bellows", "hello.py")), "a server on bellows")
        stopped = machines.processes("bellows", "")
        for running in stopped:
            running.send_signal(signal.SIGSTOP)
        time.sleep(5)
        for live in stopped:
            live.send_signal(signal.SIGCONT)
        out, err = process.communicate()
    assert "void" not in err
    assert "bellows: suspended meanwhile: measured again" in out
    campaign.check_whole()
    machines.await_nothing_left()


@pytest.mark.long
def test_a_full_disk_is_named_and_the_other_machine_goes_on(campaign: Campaign) -> None:
    host, (pid,) = campaign.machines.hosts[1], campaign.machines.idle["bellows"]
    campaigns_folder(host).mkdir(parents=True, exist_ok=True)
    inside = ["nsenter", "--mount", "--target", str(pid)]  # ip netns exec gives a host mounts of its own
    mount = [*inside, "mount", "-t", "tmpfs", "-o", "size=1m", "none", str(campaigns_folder(host))]
    if subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("may not mount a small file system")
    small = Path(f"/proc/{pid}/root{campaigns_folder(host)}")
    try:
        with campaign.started() as process:
            await_while(process, lambda: bool(list(small.glob("*/*/rounds/*.?"))), "a round on bellows")
            fill(small / "other")
            _, err = process.communicate()
    finally:
        subprocess.run([*inside, "umount", "--lazy", str(campaigns_folder(host))], check=True)
    assert process.returncode == 2
    lost = [line for line in err.splitlines() if "void" in line]
    assert len(lost) == 1
    assert lost[0].startswith("primebench: bellows: ")
    assert "No space left on device" in lost[0]
    campaign.check_whole()
    campaign.machines.await_nothing_left()


def test_a_machine_that_differs_is_refused_by_name(campaign: Campaign, tmp_path: Path) -> None:
    host = campaign.machines.hosts[1]
    (program,) = host.home.rglob("bin/oha")
    oha = program.read_bytes()
    program.write_bytes(b"another")
    try:
        differs = campaign.run()
    finally:
        program.write_bytes(oha)
    assert (differs.returncode, len(differs.stderr.splitlines())) == (2, 1)
    assert differs.stderr.startswith("primebench: bellows: bin/oha is ")
    key = tmp_path / "another"
    key.write_bytes(campaign.machines.keys.host.read_bytes())
    key.chmod(0o600)
    wrong = campaign.run(cluster=campaign.machines.file_of(tmp_path, "anvil", key=str(key)))
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    assert "does not let this user in with the key" in wrong.stderr
    assert not (campaign.project / ".primebench").exists()


def test_what_campaigns_do_not_do_is_refused_before_anybody_is_asked(campaign: Campaign) -> None:
    budget = campaign.run("--budget", "1m")
    assert budget.stderr == "primebench: --budget is for a run on this machine: with --cluster name --rounds\n"
    elsewhere = campaign.run("--service", str(Path(__file__).parents[1] / "hello"))
    assert elsewhere.returncode == 2
    assert "outside of the project" in elsewhere.stderr
