"""Others, doing the same work: the nearest thing of each to a case of P1 and to the loop of P2. None of them is a dependency of the product."""
