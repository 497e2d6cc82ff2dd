"""What all peers have in common: data, partition, models, local training. Nothing here favours one."""
