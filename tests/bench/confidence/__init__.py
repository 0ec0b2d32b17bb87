"""How far the confidence can be trusted: fits whose right answer is known to be 'nowhere', and fits that have one."""
