"""What one trial says: its metrics, latency tail, memory and timeline."""
