"""Many services under several tasks: ranks, shared where nothing tells services apart; charts; who beats whom; their HTTP."""
