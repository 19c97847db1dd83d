"""python -m field"""

from field.serve import main

main()
