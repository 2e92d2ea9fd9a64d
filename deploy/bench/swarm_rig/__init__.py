"""The parts of deploy/bench/swarm."""
