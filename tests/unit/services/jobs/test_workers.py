import os
import subprocess
import sys
from dataclasses import replace

import psutil

from samstudio.services.jobs.workers import Worker, this_worker


def test_this_worker_lives():
    worker = this_worker()
    assert worker.pid == os.getpid()
    assert str(worker) == f"{worker.host}:{os.getpid()}"
    assert not worker.known_dead()


def test_a_pid_that_was_given_to_another_process_is_dead():
    assert replace(this_worker(), started=this_worker().started - 100).known_dead()


def test_nobody_knows_of_processes_on_other_hosts():
    assert not Worker("another-host", 2**22 - 1, 0.0).known_dead()


def test_a_killed_process_is_dead_even_before_its_parent_noticed():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    worker = Worker(this_worker().host, process.pid, psutil.Process(process.pid).create_time())
    assert not worker.known_dead()
    process.kill()
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert worker.known_dead()
    process.wait()
    assert worker.known_dead()
