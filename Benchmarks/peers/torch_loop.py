"""FedAvg as a bare PyTorch loop: what any framework on PyTorch could reach at best.

Forked processes take clients from a shared counter and add each weighted result to a sum of their own in
shared memory; the global parameters lie in shared memory, too.
"""

import multiprocessing
import os

import numpy as np
import torch

from shared import images, models, training
from shared.telling import settings, tell


class Federation:
    def __init__(self, facts):
        self.facts = facts
        torch.set_num_threads(1)
        if facts["null_parameters"]:
            parameters = torch.zeros(facts["null_parameters"])
            self.sizes = [1] * facts["clients"]
        else:
            x, y = map(torch.from_numpy, images.split(facts["data"], "train"))
            parts = images.partition(len(y), facts["clients"], facts["seed"])
            self.shards = [(x[part], y[part]) for part in map(torch.from_numpy, parts)]
            self.sizes = [len(labels) for _, labels in self.shards]
            self.model = models.initial(facts["model"], facts["seed"])
            parameters = self.flat()
        self.parameters = parameters.share_memory_()
        self.sums = [torch.zeros_like(parameters).share_memory_() for _ in range(facts["processes"])]
        self.next = multiprocessing.Value("i", 0)
        self.train = training.sgd_by_hand if facts["by_hand"] else training.sgd

    def flat(self):
        return torch.cat([p.detach().reshape(-1) for p in self.model.parameters()])

    def load(self):
        position = 0
        with torch.no_grad():
            for p in self.model.parameters():
                p.copy_(self.parameters[position:position + p.numel()].view(p.shape))
                position += p.numel()

    def work(self, process, cohort, number):
        """This process's share of a round; returns the weight of what it summed."""
        total, sums, facts = 0, self.sums[process].zero_(), self.facts
        while True:
            with self.next.get_lock():
                position = self.next.value
                self.next.value += 1
            if position >= len(cohort):
                return total
            client = int(cohort[position])
            if facts["null_parameters"]:
                # Received, returned, added.
                sums.add_(self.parameters.clone(), alpha=self.sizes[client])
            else:
                self.load()
                self.train(
                    self.model, *self.shards[client], facts["batch"], facts["learning_rate"],
                    seed=1_000_003 * number + client)
                sums.add_(self.flat(), alpha=self.sizes[client])
            total += self.sizes[client]

    def serve(self, process, pipe):
        torch.set_num_threads(1)
        while (task := pipe.recv()) is not None:
            pipe.send(self.work(process, *task))

    def run(self):
        pipes = []
        fork = multiprocessing.get_context("fork")
        for process in range(len(self.sums)):
            mine, theirs = fork.Pipe()
            fork.Process(target=self.serve, args=(process, theirs), daemon=True).start()
            pipes.append(mine)
        draw = np.random.default_rng(self.facts["seed"] + 1)
        for number in range(1, self.facts["rounds"] + 1):
            cohort = draw.choice(self.facts["clients"], self.facts["per_round"], replace=False)
            self.next.value = 0
            for pipe in pipes:
                pipe.send((cohort, number))
            total = sum(pipe.recv() for pipe in pipes)
            for other in self.sums[1:]:
                self.sums[0].add_(other)
            self.parameters.copy_(self.sums[0].div_(total))
            tell(round=number)
        for pipe in pipes:
            pipe.send(None)
        if not self.facts["null_parameters"]:
            self.load()
            test = map(torch.from_numpy, images.split(self.facts["data"], "t10k"))
            tell(accuracy=models.accuracy(self.model, *test))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    Federation(settings()).run()
