"""What the processes of one installation agree on while they run: who lives, who may send, whose turn it is."""
